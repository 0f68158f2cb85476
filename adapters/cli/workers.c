/*
 * Threads for work that is cut into jobs. They live as long as the work; jobs are taken in order,
 * so the longest should stand first.
 */
#include "cli/workers.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "hotline_rules.h"

#define THREADS_MAX 8

struct work {
	void (*job)(void *job_arg, size_t i);
	void *job_arg;
	size_t n;
	atomic_size_t next;
};

static void *take_jobs(void *arg)
{
	struct work *work = arg;
	size_t i;

	while ((i = atomic_fetch_add(&work->next, 1)) < work->n)
		work->job(work->job_arg, i);
	return NULL;
}

static void run(void *arg, void (*job)(void *job_arg, size_t i), void *job_arg, size_t n)
{
	struct work work = {.job = job, .job_arg = job_arg, .n = n};
	pthread_t threads[THREADS_MAX];
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	size_t started = 0;

	(void)arg;
	while (started < THREADS_MAX && started + 1 < n && (long)started + 1 < processors) {
		/* one that cannot start leaves its jobs to the others */
		if (pthread_create(&threads[started], NULL, take_jobs, &work) != 0)
			break;
		started++;
	}
	take_jobs(&work);
	while (started > 0)
		pthread_join(threads[--started], NULL);
}

const struct hl_workers cli_workers = {.run = run, .room = hl_rules_room};
