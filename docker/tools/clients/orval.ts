import { expected, keys } from "./expected.js";
import { retrieveAvailableSlotsByUserEmailAddress } from "./generated/orval/client.js";
import * as zod from "./generated/orval/zod.js";

await expected(async (question, secret) => {
  const body = zod.retrieveAvailableSlotsByUserEmailAddressBody.parse(question);
  const { status, data } = await retrieveAvailableSlotsByUserEmailAddress(body, { headers: keys(secret) });
  // zod judges every answer, so that a schema which it cannot read would show here.
  return status === 200
    ? { status, answer: zod.retrieveAvailableSlotsByUserEmailAddressResponse.parse(data) }
    : { status, refusal: data };
});
