/*
 * Files to trees: by workers, as it is most of a load's time, and only those that an earlier load
 * has not read. Knows that a file's tree depends on nothing but its name and its bytes.
 */
#include "load/trees.h"

#include "yaml/yaml.h"

struct parsing { /* a job is a file; what it writes is its own */
	const struct hl_rules_file *files;
	struct hl_yaml **trees;
	struct hl_findings **findings;
	uint32_t *first_ids;
	int *status;
	size_t *todo; /* the files of the jobs */
	size_t n_todo;
};

static void parse_one(void *arg, size_t job)
{
	struct parsing *p = arg;
	size_t i = p->todo[job];
	p->status[i] = hl_findings_new(&p->findings[i]);
	if (p->status[i] == HL_OK)
		p->status[i] = hl_yaml_parse(&p->trees[i], p->files[i].name, p->files[i].text,
					     p->first_ids[i], p->findings[i]);
}

void hl_load_run(const struct hl_workers *workers, void (*job)(void *job_arg, size_t i),
		 void *job_arg, size_t n)
{
	if (workers && n > 1) {
		workers->run(workers->arg, job, job_arg, n);
		return;
	}
	for (size_t i = 0; i < n; i++)
		job(job_arg, i);
}

/* No text of so many bytes makes more nodes, so a file's ids do not wait for the file before it. */
static uint32_t ids_of(size_t bytes)
{
	return (uint32_t)bytes * 4 + 16;
}

/* The tree of the same file, if all there is to say of it is in the tree; or NULL. */
static const struct hl_yaml *find_same(const struct hl_load *before,
				       const struct hl_rules_file *file)
{
	size_t low = 0, high = before->n_files;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (hl_view_order(hl_yaml_name(before->files[middle]), file->name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	bool same = low < before->n_files && before->quiet[low] &&
		    hl_view_equal(hl_yaml_name(before->files[low]), file->name) &&
		    hl_view_equal(hl_yaml_source(before->files[low]), file->text);
	return same ? before->files[low] : NULL;
}

static int share_or_note(struct parsing *p, size_t i, const struct hl_load *before)
{
	const struct hl_yaml *same = before ? find_same(before, &p->files[i]) : NULL;
	if (same)
		p->trees[i] = hl_yaml_share(same, p->first_ids[i]);
	else
		p->todo[p->n_todo++] = i;
	return same && !p->trees[i] ? HL_NOMEM : HL_OK;
}

static int take_file(struct hl_load *load, struct hl_yaml *tree, struct hl_findings *said)
{
	const struct hl_finding *v;
	size_t n = 0;
	int status = said ? hl_findings_list(&v, &n, said) : HL_OK;
	for (size_t i = 0; i < n; i++)
		hl_findings_add(load->findings, &v[i]);
	load->quiet[load->n_files] = n == 0;
	load->files[load->n_files++] = tree;
	load->torn = load->torn || hl_yaml_torn(tree);
	return status;
}

int hl_load_trees(struct hl_load *load, const struct hl_rules_file *files, size_t n,
		  const struct hl_load *before, const struct hl_workers *workers)
{
	struct hl_pool *pool = &load->pool;
	struct parsing p = {.files = files,
			    .trees = hl_pool_array(pool, n, sizeof(struct hl_yaml *)),
			    .findings = hl_pool_array(pool, n, sizeof(struct hl_findings *)),
			    .first_ids = hl_pool_array(pool, n, sizeof(uint32_t)),
			    .status = hl_pool_array(pool, n, sizeof(int)),
			    .todo = hl_pool_array(pool, n, sizeof(size_t))};
	int status = HL_OK;
	uint32_t id = 1;
	load->files = hl_pool_array(pool, n, sizeof(struct hl_yaml *));
	load->quiet = hl_pool_array(pool, n, sizeof(bool));
	if (pool->failed)
		return HL_NOMEM;
	for (size_t i = 0; i < n; i++) {
		p.first_ids[i] = id;
		id += ids_of(files[i].text.len);
		p.status[i] = share_or_note(&p, i, before);
	}
	hl_load_run(workers, parse_one, &p, p.n_todo);
	for (size_t i = 0; i < n; i++) {
		int taken =
			p.status[i] < 0 ? p.status[i] : take_file(load, p.trees[i], p.findings[i]);
		hl_findings_free(p.findings[i]);
		status = status < 0 ? status : taken;
	}
	return status;
}
