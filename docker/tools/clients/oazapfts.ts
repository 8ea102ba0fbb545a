import { expected, keys, root } from "./expected.js";
import { defaults, retrieveAvailableSlotsByUserEmailAddress as ask } from "./generated/oazapfts.js";

defaults.baseUrl = root;

await expected(async (body, secret) => {
  const sent = keys(secret);
  const reply = await ask(body, { xLsqAccessKey: sent["x-LSQ-AccessKey"], xLsqSecretKey: secret });
  return reply.status === 200 ? { status: 200, answer: reply.data } : { status: reply.status, refusal: reply.data };
});
