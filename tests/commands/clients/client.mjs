// The work of client.py with fetch, which asks for gzip and unpacks it by itself.
const [base, organization, token] = process.argv.slice(2);

async function call(method, url, body) {
  const headers = { Authorization: `Bearer ${token}` };
  if (body) headers["Content-Type"] = "application/json";
  const response = await fetch(url, { method, headers, body, signal: AbortSignal.timeout(20_000) });
  console.log(response.status);
  return await response.text();
}

const old = `${base}/iam/v1beta1/organizations/${organization}`;
await call("GET", `${old}/users?limit=2`);
await call("GET", `${old}/users?limit=2&offset=2`);
const made = await call("POST", `${old}/teams`, '{"name": "recorded", "description": "für alle"}');
const { id } = JSON.parse(made);
await call("GET", `${old}/teams/${id}`);
await call("DELETE", `${old}/teams/${id}`);
await call("GET", `${old}/teams/${id}`);
await call("GET", `${base}/v1/organizations/${organization}/audit-logs`);
