import type { AnswerOptions } from './signing.ts'
import {
  answer,
  changing,
  digestOf,
  fieldNames,
  parameterNames,
  question,
  receipt,
  report,
  request,
  secrets,
  sighting,
  wrongSecret,
} from './signing.ts'

const staleBody = JSON.stringify({
  type: 'urn:ipupdater:problem:stale',
  title: 'The timestamp is older than the window',
  status: 409,
  code: 'stale',
  detail: 'the timestamp is 121 s old, and 120 s are the most',
  advice: 'Begin again with POST /ip, and send the update at once.',
})

export const answers = {
  about:
    'Answers to the question, or, where "to" says so, to the update, as the device sees them that sent it and has this secret. A refused answer has its code; nothing in it is to be believed.',
  secret: secrets.home[0],
  question,
  update: report,
  accepted: [
    { name: 'the address', to: 'question', ...answer() },
    { name: 'a receipt', to: 'update', ...answer({ to: report, body: receipt }) },
    { name: 'a refusal', to: 'update', ...answer({ to: report, status: 409, body: staleBody }) },
    { name: 'a label of the signer’s own', to: 'question', ...answer({ label: '*sig' }) },
    {
      name: 'parameters in another order',
      to: 'question',
      ...answer({ order: parameterNames.toReversed() }),
    },
  ],
  refused: [
    ...fieldNames.map(name =>
      disbelieved(`no ${name}`, 'answer-unsigned', { send: changing(name, () => []) }),
    ),
    disbelieved('a page of somebody else', 'answer-unsigned', {
      send: () => [],
      sendBody: '<html>Log in</html>',
    }),
    ...fieldNames.map(name =>
      disbelieved(`${name} on two lines`, 'answer-forged', {
        send: changing(name, value => [value, value]),
      }),
    ),
    disbelieved('another status', 'answer-forged', { sendStatus: 201 }),
    disbelieved('another body', 'answer-forged', { sendBody: sighting.replace('.7', '.8') }),
    disbelieved('another body with its own digest', 'answer-forged', {
      sendBody: sighting.replace('.7', '.8'),
      send: changing('content-digest', () => digestOf(sighting.replace('.7', '.8'))),
    }),
    disbelieved('another secret', 'answer-forged', { secret: wrongSecret }),
    disbelieved('the answer to a question with another nonce', 'answer-forged', {
      to: request({ path: '/ip', body: '{}', parameters: { nonce: '"AAECAwQFBgcICQoLDA0ODx"' } }),
    }),
    disbelieved('the answer to an update', 'answer-forged', { to: report, body: receipt }),
    disbelieved('the question itself, sent back', 'answer-forged', { send: () => question.fields }),
    disbelieved('the tag of another step', 'answer-forged', { tag: 'ipupdater-update-answer' }),
    disbelieved('the tag of the question', 'answer-forged', { tag: 'ipupdater-ip' }),
    disbelieved('the name of another device', 'answer-forged', { keyid: 'cabin' }),
    disbelieved('a parameter too many', 'answer-forged', { more: ';expires=1763827300' }),
    disbelieved('a parameter twice', 'answer-forged', { more: ';tag="ipupdater-ip-answer"' }),
    ...[
      '("@status" "content-digest")',
      '("content-digest" "@status" "signature";req;key="ipupdater")',
      '("@status" "content-digest" "signature";key="ipupdater";req)',
      '("@status" "content-digest" "signature";key="ipupdater")',
      '("@status" "content-digest" "signature";req)',
      '("@status" "content-digest" "signature";req;key="sig")',
      '("@status" "content-digest" "signature";req;key="ipupdater" "content-type")',
    ].map(components => disbelieved(`covered: ${components}`, 'answer-forged', { components })),
  ],
}

function disbelieved(name: string, code: 'answer-unsigned' | 'answer-forged', options: AnswerOptions) {
  const { base: _, ...message } = answer(options)
  return { name, code, ...message }
}
