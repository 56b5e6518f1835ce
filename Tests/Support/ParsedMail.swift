/// A message as Python's `email` package reads it; with its envelope when it came through ``SMTPSink``.
public struct ParsedMail: Decodable, Sendable {
  /// One part of a message.
  public struct Part: Decodable, Sendable {
    /// Its media type.
    public var type: String
    /// The name of the attached file.
    public var filename: String?
    /// `Content-Transfer-Encoding`.
    public var encoding: String?
    /// What it says, decoded; nil for a container.
    public var text: String?
  }

  /// Name and decoded value of each header, in order.
  public var headers: [[String]]
  /// The message and every part of it, containers before what they hold.
  public var parts: [Part]
  /// What a strict reader complains about.
  public var defects: [String]
  /// The longest line, in bytes.
  public var longestLine: Int
  /// Whether a line ends otherwise than by CR LF.
  public var bareLineEnds: Bool
  /// Whether all of it is ASCII.
  public var isASCII: Bool

  /// The sender of the envelope.
  public var from: String?
  /// The recipients of the envelope.
  public var to: [String]?
  /// Whether the connection was protected.
  public var tls: Bool?
  /// Who authenticated.
  public var user: String?
  /// The message as base64.
  public var raw: String?

  enum CodingKeys: String, CodingKey {
    case headers, parts, defects, from, to, tls, user, raw
    case longestLine = "longest_line"
    case bareLineEnds = "bare_line_ends"
    case isASCII = "is_ascii"
  }

  /// A header by its name in any spelling.
  public subscript(name: String) -> String? {
    headers.first { $0[0].lowercased() == name.lowercased() }?[1]
  }

  /// The names of the headers, in order.
  public var names: [String] { headers.map { $0[0] } }

  /// The text of the first part of a type, with plain line ends.
  public func text(_ type: String) -> String {
    parts.first { $0.type == type }?.text?.replacing("\r\n", with: "\n") ?? ""
  }
}
