// Makes a Postman collection of a running emulator's OpenAPI document: both keys in every request, as variables of the collection.
//
//   node collection.cjs http://127.0.0.1:8255 > slots.postman_collection.json
//   newman run slots.postman_collection.json --env-var accessKey=AccessKey --env-var secretKey=SecretKey
//
// Needs `npm install openapi-to-postmanv2 newman`. Postman takes one key of a security requirement that names two; here both are headers.
const { convertV2 } = require("openapi-to-postmanv2");

async function main(root) {
  const document = await (await fetch(`${root}/__admin/openapi.json`)).text();
  const options = { parametersResolution: "Example", folderStrategy: "Tags" };
  const { result, reason, output } = await new Promise((resolve, reject) =>
    convertV2({ type: "string", data: document }, options, (error, done) => (error ? reject(error) : resolve(done))),
  );
  if (!result) throw new Error(reason);
  const collection = output[0].data;
  collection.auth = { type: "noauth" };
  collection.event = [{ listen: "test", script: { exec: ["pm.test('200', () => pm.response.to.have.status(200));"] } }];
  const keys = { "x-LSQ-AccessKey": "{{accessKey}}", "x-LSQ-SecretKey": "{{secretKey}}" };
  for (const folder of collection.item)
    for (const { request } of folder.item)
      request.header.push(...Object.entries(keys).map(([key, value]) => ({ key, value })));
  return collection;
}

main(process.argv[2] ?? "http://127.0.0.1:8255").then(
  (collection) => console.log(JSON.stringify(collection, null, 2)),
  (error) => {
    console.error(String(error));
    process.exitCode = 1;
  },
);
