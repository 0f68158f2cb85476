export function test(name: string, run: () => unknown): void;
export function check(condition: unknown, what: string): asserts condition;
export function equal(got: unknown, want: unknown, what?: string): void;
export function run(only?: string): Promise<boolean>;
