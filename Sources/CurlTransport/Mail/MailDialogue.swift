/// What was said between us and a mail server, as far as it tells who was refused.
///
/// libcurl reports commands and replies through its debug callback; what we send may hold credentials, so only the
/// verb is kept.
struct MailDialogue: Sendable {
  /// The recipients in the order in which they are named to the server.
  let recipients: [String]

  /// The code for each recipient so far.
  private(set) var recipientCodes: [Int] = []

  /// The verb of the last command.
  private(set) var lastVerb = ""

  /// The code of the last reply.
  private(set) var lastCode = 0

  /// The code of the last refusal, and what it answered.
  private(set) var refusal: (verb: String, code: Int)?

  init(recipients: [String]) {
    self.recipients = recipients
  }

  /// Notes a command.
  mutating func sent(_ text: UnsafeRawBufferPointer) {
    let verb = text.prefix { $0 >= 0x41 && $0 <= 0x5A || $0 >= 0x61 && $0 <= 0x7A }
    // The answers to an AUTH challenge look like words too; a verb has four letters or is known.
    let name = String(decoding: verb, as: UTF8.self).uppercased()
    let known = [
      "EHLO", "HELO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "QUIT", "VRFY", "EXPN",
    ]
    if known.contains(name), verb.count < text.count { lastVerb = name }
  }

  /// Notes a reply, which libcurl reports line by line.
  mutating func received(_ text: UnsafeRawBufferPointer) {
    // `250-` goes on, `250 ` ends.
    guard text.count >= 3, let code = ASCII.number(text.prefix(3)),
      text.count == 3 || text[3] != 0x2D
    else { return }
    lastCode = code
    if code >= 400 { refusal = (lastVerb, code) }
    if lastVerb == "RCPT", recipientCodes.count < recipients.count { recipientCodes.append(code) }
  }

  /// The recipients that were refused.
  var refused: [MailRefusal] {
    zip(recipients, recipientCodes).filter { $1 >= 300 }.map { MailRefusal(address: $0, code: $1) }
  }

  /// The recipients that were accepted.
  var accepted: [String] {
    zip(recipients, recipientCodes).filter { $1 < 300 }.map(\.0)
  }
}
