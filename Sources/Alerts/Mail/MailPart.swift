/// One part of a MIME message, and the tree that parts form (RFC 2045, 2046).
struct MailPart {
  /// The header fields, each complete and folded.
  let headers: [String]
  /// The body, encoded.
  let body: [UInt8]

  /// Text in UTF-8 of a subtype: `plain`, `html`.
  static func text(_ subtype: String, _ text: String) -> MailPart {
    MailPart(
      headers: [
        "Content-Type: text/\(subtype); charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable",
      ], body: TransferEncoding.quotedPrintable(text))
  }

  /// A file to save; the name is ours and plain.
  static func attachment(_ type: String, name: String, _ bytes: [UInt8]) -> MailPart {
    MailPart(
      headers: [
        "Content-Type: \(type); charset=utf-8; header=present",
        "Content-Disposition: attachment; filename=\"\(name)\"",
        "Content-Transfer-Encoding: base64",
      ], body: TransferEncoding.base64(bytes))
  }

  /// Parts put together: `alternative`, best one last; `mixed`, one after the other.
  ///
  /// - Parameter seed: what the boundary is made from, so that the same message has the same bytes. A boundary
  ///   begins with `=_`, which neither encoding can produce.
  static func multipart(_ subtype: String, seed: String, _ parts: [MailPart]) -> MailPart {
    let boundary = "=_idsync_" + MessageToken.hex(of: subtype + "\u{0}" + seed, bytes: 16)
    var body: [UInt8] = []
    for part in parts {
      body += Array("--\(boundary)\r\n".utf8) + part.bytes + Array("\r\n".utf8)
    }
    body += Array("--\(boundary)--\r\n".utf8)
    return MailPart(
      headers: ["Content-Type: multipart/\(subtype);\r\n boundary=\"\(boundary)\""], body: body)
  }

  /// Header and body as they go into a message or another part.
  var bytes: [UInt8] {
    Array((headers.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
  }
}
