import createClient from "openapi-fetch";
import { expected, keys, root } from "./expected.js";
import type { paths } from "./generated/openapi.js";

const client = createClient<paths>({ baseUrl: root });

await expected(async (body, secret) => {
  const { data, error, response } = await client.POST("/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress", {
    body,
    headers: keys(secret),
  });
  return { status: response.status, answer: data, refusal: error };
});
