import { expected, keys, root } from "./expected.js";
import { Api, type ErrorEnvelope, type HttpResponse, type SlotsAnswer } from "./generated/swagger.js";

const client = new Api({ baseUrl: root });

await expected(async (body, secret) => {
  try {
    const reply = await client.v2.retrieveAvailableSlotsByUserEmailAddress(body, { headers: keys(secret) });
    return { status: reply.status, answer: reply.data };
  } catch (thrown) {
    const refused = thrown as HttpResponse<SlotsAnswer, ErrorEnvelope>;
    return { status: refused.status, refusal: refused.error };
  }
});
