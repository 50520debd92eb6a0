import type { AnswerOptions } from './signing.ts'
import {
  answer,
  changing,
  digestOf,
  fieldNames,
  observed,
  parameterNames,
  question,
  receipt,
  report,
  request,
  secrets,
  wrongSecret,
} from './signing.ts'

const staleBody = JSON.stringify({
  type: 'urn:ipupdater:problem:stale',
  title: 'The timestamp is older than the window',
  status: 409,
  code: 'stale',
  detail: 'the timestamp is 121 s old; the limit is 120 s',
  advice: 'Start again with POST /ip, and send the update at once.',
})

export const answers = {
  about:
    'Answers to the question, or to the update if "to" says so, as seen by the device that sent it and has this secret. A refused answer has its code; nothing in it can be trusted.',
  secret: secrets.home[0],
  question,
  update: report,
  accepted: [
    { name: 'the address', to: 'question', ...answer() },
    { name: 'a receipt', to: 'update', ...answer({ to: report, body: receipt }) },
    { name: 'a refusal', to: 'update', ...answer({ to: report, status: 409, body: staleBody }) },
    { name: 'another label', to: 'question', ...answer({ label: '*sig' }) },
    {
      name: 'parameters in another order',
      to: 'question',
      ...answer({ order: parameterNames.toReversed() }),
    },
  ],
  refused: [
    ...fieldNames.map(name => untrusted(`no ${name}`, 'answer-unsigned', { send: changing(name, () => []) })),
    untrusted('a page from another server', 'answer-unsigned', {
      send: () => [],
      sendBody: '<html>Log in</html>',
    }),
    ...fieldNames.map(name =>
      untrusted(`${name} on two lines`, 'answer-forged', {
        send: changing(name, value => [value, value]),
      }),
    ),
    untrusted('another status', 'answer-forged', { sendStatus: 201 }),
    untrusted('another body', 'answer-forged', { sendBody: observed.replace('.7', '.8') }),
    untrusted('another body with its own digest', 'answer-forged', {
      sendBody: observed.replace('.7', '.8'),
      send: changing('content-digest', () => digestOf(observed.replace('.7', '.8'))),
    }),
    untrusted('another secret', 'answer-forged', { secret: wrongSecret }),
    untrusted('the answer to a question with another nonce', 'answer-forged', {
      to: request({ path: '/ip', body: '{}', parameters: { nonce: '"AAECAwQFBgcICQoLDA0ODx"' } }),
    }),
    untrusted('the answer to an update', 'answer-forged', { to: report, body: receipt }),
    untrusted('the question itself, sent back', 'answer-forged', { send: () => question.fields }),
    untrusted('the tag of another step', 'answer-forged', { tag: 'ipupdater-update-answer' }),
    untrusted('the tag of the question', 'answer-forged', { tag: 'ipupdater-ip' }),
    untrusted('the name of another device', 'answer-forged', { keyid: 'cabin' }),
    untrusted('an unknown parameter', 'answer-forged', { more: ';expires=1763827300' }),
    untrusted('a parameter twice', 'answer-forged', { more: ';tag="ipupdater-ip-answer"' }),
    ...[
      '("@status" "content-digest")',
      '("content-digest" "@status" "signature";req;key="ipupdater")',
      '("@status" "content-digest" "signature";key="ipupdater";req)',
      '("@status" "content-digest" "signature";key="ipupdater")',
      '("@status" "content-digest" "signature";req)',
      '("@status" "content-digest" "signature";req;key="sig")',
      '("@status" "content-digest" "signature";req;key="ipupdater" "content-type")',
    ].map(components => untrusted(`covered: ${components}`, 'answer-forged', { components })),
  ],
}

function untrusted(name: string, code: 'answer-unsigned' | 'answer-forged', options: AnswerOptions) {
  const { base: _, ...message } = answer(options)
  return { name, code, ...message }
}
