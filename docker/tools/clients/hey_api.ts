import { expected, keys } from "./expected.js";
import { retrieveAvailableSlotsByUserEmailAddress } from "./generated/hey/sdk.gen.js";


await expected(async (body, secret) => {
  const { data, error, response } = await retrieveAvailableSlotsByUserEmailAddress({ body, headers: keys(secret) });
  return { status: response?.status ?? 0, answer: data, refusal: error };
});
