internal import IdentityCore

/// Writes mails: the same message and content give the same bytes, at every try.
struct EmailComposer {
  /// The sender.
  let from: MailAddress
  /// The name of the channel.
  let channel: String
  /// The largest CSV to attach; nil when none is wanted.
  let maxAttachmentBytes: Int?

  /// The mail that tells an alert.
  func alert(
    _ message: AlertMessage, _ content: AlertContent, to recipients: [MailAddress]
  ) -> [UInt8] {
    let digest = AlertDigest(content)
    let team = InertText.line(content.team, limit: 60)
    let part = digest.partNotice == nil ? "" : " (part \(message.part + 1))"
    let label = MessageToken.label(content.team)
    // The first message of a thread is never sent: all mails about a team refer to the same one.
    let thread = "<team-\(label)@\(from.domain)>"
    let headers =
      common(to: recipients, subject: "[idsync] \(team): \(digest.headline)\(part)")
      + [
        "Date: \(InternetDate.mail(message.createdAt))",
        MailHeader.tokens("Message-ID", [messageID(message.id)]),
        MailHeader.tokens("In-Reply-To", [thread]), MailHeader.tokens("References", [thread]),
        MailHeader.tokens("List-Id", ["<\(label).idsync.\(from.domain)>"]),
        MailHeader.text("X-Idsync-Message", message.id),
        MailHeader.text("X-Idsync-Run", content.runID),
        MailHeader.text("X-Idsync-Team", content.team),
        MailHeader.text("X-Idsync-Severity", content.severityWord),
      ]
    var text = AlertText.render(content)
    let csv = attachment(content)
    if maxAttachmentBytes != nil, csv == nil {
      text +=
        "The list is too long to attach: \(ShellWord.status(team: content.team)) --format csv\n"
    }
    let alternative = MailPart.multipart(
      "alternative", seed: message.id,
      [.text("plain", text), .text("html", AlertPage.render(content))])
    guard let csv else { return assemble(headers, alternative) }
    return assemble(headers, .multipart("mixed", seed: message.id, [alternative, csv]))
  }

  /// A mail that says it is a test.
  func test(id: String, at moment: Timestamp, to recipients: [MailAddress]) -> [UInt8] {
    let name = InertText.line(channel, limit: 60)
    let sentence = "This is a test of the channel \(name). Alerts on it will reach you."
    let headers =
      common(to: recipients, subject: "[idsync] test of the channel \(name)")
      + [
        "Date: \(InternetDate.mail(moment))", MailHeader.tokens("Message-ID", [messageID(id)]),
        MailHeader.text("X-Idsync-Message", id),
      ]
    let page = AlertPage.page(
      title: "Test of the channel \(name)",
      "<p style=\"margin:0;\">\(sentence)</p>"
    ).html
    return assemble(
      headers,
      .multipart("alternative", seed: id, [.text("plain", sentence + "\n"), .text("html", page)]))
  }

  private func common(to recipients: [MailAddress], subject: String) -> [String] {
    [
      MailHeader.addresses("From", [from]), MailHeader.addresses("To", recipients),
      MailHeader.text("Subject", subject, limit: 250), "Auto-Submitted: auto-generated",
      "X-Auto-Response-Suppress: All", "MIME-Version: 1.0",
    ]
  }

  private func assemble(_ headers: [String], _ part: MailPart) -> [UInt8] {
    MailPart(headers: headers + part.headers, body: part.body).bytes
  }

  private func messageID(_ id: String) -> String {
    "<\(MessageToken.make(id))@\(from.domain)>"
  }

  private func attachment(_ content: AlertContent) -> MailPart? {
    guard let limit = maxAttachmentBytes else { return nil }
    let bytes = Array(FindingsCSV.render(content).utf8)
    guard bytes.count <= limit else { return nil }
    return .attachment("text/csv", name: "idsync-findings.csv", bytes)
  }
}
