// Which account the keys of a request belong to, or undefined.
export function findAccount(req, pairs, bug) {
  let [access, secret] = [req.get("x-LSQ-AccessKey"), req.get("x-LSQ-SecretKey")];
  if (bug === "headers-unread") [access, secret] = [undefined, undefined];
  if (bug !== "query-unread") {
    access ||= req.query.accessKey;
    secret ||= req.query.secretKey;
  }
  if (bug === "dollar-cut-off" && typeof access === "string") access = access.split("$")[0];
  if (bug === "dollar-cut-off") pairs = Object.fromEntries(Object.entries(pairs).map(([key, value]) => [key.split("$")[0], value]));
  // An object knows names such as "constructor" too; their secret is undefined, as is that of a caller who sends none.
  if (bug === "names-of-the-prototype") return pairs[access] && pairs[access].secret === secret ? access : undefined;
  if (bug === "plus-is-a-space" && typeof secret === "string") secret = secret.replaceAll(" ", "");
  if (typeof access !== "string" || !Object.hasOwn(pairs, access)) {
    return bug === "unknown-key-is-a-guest" && access && secret === pairs[Object.keys(pairs)[0]]?.secret ? access : undefined;
  }
  const known = pairs[access].secret;
  if (bug === "secret-if-sent" && !secret) return access;
  if (typeof secret !== "string") return undefined;
  if (bug === "locale-compare") return secret.localeCompare(known, undefined, { sensitivity: "base" }) === 0 ? access : undefined;
  if (bug === "known-includes") return known.includes(secret) ? access : undefined;
  if (bug === "same-length") return known.length === secret.length ? access : undefined;
  if (bug === "secret-ends") return known.endsWith(secret) ? access : undefined;
  return known === secret ? access : undefined;
}
