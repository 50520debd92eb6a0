import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { proofs } from '../../test/vectors/source/proofs.ts'
import type { AnswerVector, RequestVector, SentLines } from '../../test/vectors/source/signing.ts'
import { answer, question, receipt, report } from '../../test/vectors/source/signing.ts'
import { PROBLEMS } from './problems.ts'

/** docs/protocol.md says the same as the vectors and the problem table, byte for byte. */
const page = readFileSync(join(import.meta.dirname, '../../docs/protocol.md'), 'utf8')

const toQuestion = answer()
const toReport = answer({ to: report, body: receipt })

for (const [name, block] of Object.entries({
  'the signature base of a question': question.base,
  'a question': requestText(question),
  'the signature base of an update': report.base,
  'an update': requestText(report),
  'the signature base of the answer to a question': toQuestion.base,
  'the answer to a question': answerText(toQuestion),
  'the signature base of the answer to an update': toReport.base,
  'the answer to an update': answerText(toReport),
  'a proof': JSON.stringify(proofs.accepted[0]?.proof, null, 2),
})) {
  test(`the page shows ${name} byte for byte`, () => {
    assert.ok(page.includes(`\n${block}\n\`\`\`\n`), block)
  })
}

test('the page lists exactly the refusals of the table, in the same words', () => {
  const rows = page.split('\n').filter(line => /^\| `[a-z-]+` \| \d{3} \|/.test(line))
  const expected = Object.entries(PROBLEMS).map(
    ([code, { status, title, advice, mayBeUnsigned }]) =>
      `| \`${code}\` | ${status} | ${mayBeUnsigned ? 'yes' : 'no'} | ${title} | ${advice} |`,
  )
  assert.deepEqual(rows.toSorted(), expected.toSorted())
})

function requestText({ method, path, fields, body }: RequestVector): string {
  return `${method} ${path} HTTP/1.1
Host: ip.example.org:8080
Content-Type: application/json
${fieldsText(fields)}
Content-Length: ${body?.length}

${body}`
}

function answerText({ status, fields, body }: AnswerVector): string {
  return `HTTP/1.1 ${status} OK
Content-Type: application/json
${fieldsText(fields)}
Content-Length: ${body.length}

${body}`
}

function fieldsText(fields: SentLines): string {
  return fields
    .map(([name, value]) => `${name.replace(/\b[a-z]/g, letter => letter.toUpperCase())}: ${value}`)
    .join('\n')
}
