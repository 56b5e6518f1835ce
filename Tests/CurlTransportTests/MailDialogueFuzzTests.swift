import TestSupport
import Testing

@testable import CurlTransport

@Suite("Fuzz: what mail servers answer") struct MailDialogueFuzzTests {
  @Test(
    "no answer accepts or refuses somebody twice, or anybody who was not named", arguments: 1...4)
  func answers(seed: UInt64) throws {
    var random = FuzzRandom(seed)
    let corpus = try Fuzz.corpus("smtp")
    let people = ["a@acme.com", "b@acme.com", "c@acme.com"]
    let commands = [
      "EHLO x\r\n", "MAIL FROM:<i@acme.com>\r\n", "RCPT TO:<a@acme.com>\r\n", "DATA\r\n",
      "QUIT\r\n", "Zm9v\r\n",
    ]
    let rounds = Fuzz.rounds(3_000)
    var refusals = 0
    for _ in 0..<rounds {
      var dialogue = MailDialogue(recipients: people)
      let bytes = random.mutated(
        random.pick(corpus), tokens: ["250 ", "550-", "\r\n", "999999999 ", "-1 ", "\u{0}"])
      for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
        Array(random.pick(commands).utf8).withUnsafeBytes { dialogue.sent($0) }
        Array(line).withUnsafeBytes { dialogue.received($0) }
      }
      let told = dialogue.accepted + dialogue.refused.map(\.address)
      #expect(Set(told).count == told.count && Set(told).isSubset(of: people))
      #expect((0...999).contains(dialogue.lastCode))
      refusals += dialogue.refused.count
    }
    Fuzz.report("SMTP, seed \(seed)", ["dialogues": rounds, "recipients refused": refusals])
  }
}
