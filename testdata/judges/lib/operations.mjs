// The operations of a description, by method and path.

const methods = ['get', 'put', 'post', 'delete', 'patch'];

// operationsOf returns a function that names the operation of a request, like "GET /app/installations/{installation_id}".
export function operationsOf(spec) {
	const all = [];
	for (const [path, item] of Object.entries(spec.paths)) {
		const pattern = new RegExp(`^${path.replace(/[.+]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/]+')}$`);
		for (const method of methods.filter((m) => item[m])) {
			all.push({ method: method.toUpperCase(), path, pattern, statuses: Object.keys(item[method].responses) });
		}
	}
	all.sort((a, b) => a.path.split('{').length - b.path.split('{').length); // a path without parameters goes first
	return (method, path) => {
		const found = all.find((o) => o.method === method && o.pattern.test(path));
		return found && { name: `${found.method} ${found.path}`, statuses: found.statuses };
	};
}
