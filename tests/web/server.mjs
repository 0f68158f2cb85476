// A real `hotline serve` on a data folder of its own, with accounts, that can be killed and come back.
import { execFileSync, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { scratch } from './place.mjs';

const TEAMS = 'frontline,funds,security,care,kyc,trading,p2p,api,vip,legal';

function freePort() {
	return new Promise((done) => {
		const probe = createServer().listen(0, '127.0.0.1', () => {
			const { port } = probe.address();
			probe.close(() => done(port));
		});
	});
}

export class Server {
	constructor(binary, pack) {
		this.binary = binary;
		this.pack = pack;
		this.data = join(scratch(), 'data');
		this.port = 0;
		this.said = '';
	}

	/* Makes an account and returns its password. */
	account(name, display, teams = TEAMS) {
		const args = ['agent', 'add', name, '--data', this.data, '--display', display, '--roles', 'agent,author', '--langs', 'en,zh', '--teams', teams, '--random-password'];
		return execFileSync(this.binary, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim().split(/\s+/).pop();
	}

	async start() {
		this.port ||= await freePort();
		this.said = '';
		this.process = spawn(this.binary, ['serve', '--pack', this.pack, '--data', this.data, '--listen', `127.0.0.1:${this.port}`], { stdio: ['ignore', 'pipe', 'pipe'] });
		return new Promise((done, failed) => {
			const late = setTimeout(() => failed(new Error(`the server did not start: ${this.said}`)), 60_000);
			const hear = (bytes) => {
				this.said += bytes;
				if (!this.said.includes(`:${this.port}`)) return;
				clearTimeout(late);
				done();
			};
			this.process.stdout.on('data', hear);
			this.process.stderr.on('data', hear);
			this.process.once('exit', () => {
				clearTimeout(late);
				failed(new Error(`the server ended: ${this.said}`));
			});
		});
	}

	get base() {
		return `http://127.0.0.1:${this.port}`;
	}

	/* Without a word of farewell: as a crash or a lost machine would. */
	async kill(signal = 'SIGKILL') {
		const gone = new Promise((done) => this.process.once('exit', done));
		this.process.kill(signal);
		await gone;
	}
}
