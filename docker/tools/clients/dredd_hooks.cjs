// Dredd sends the document's example to every status: with the keys, and with the header that asks for that status.
const { beforeEach } = require("hooks");

beforeEach((transaction, done) => {
  Object.assign(transaction.request.headers, { "x-LSQ-AccessKey": "AccessKey", "x-LSQ-SecretKey": "SecretKey" });
  if (transaction.expected.statusCode !== "200") transaction.request.headers.Prefer = `code=${transaction.expected.statusCode}`;
  transaction.expected.headers["Content-Type"] += "; charset=utf-8"; // the document names the type without its parameter
  transaction.skip = false; // by itself it tests the first status alone
  done();
});
