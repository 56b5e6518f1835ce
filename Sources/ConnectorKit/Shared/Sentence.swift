/// Sentences of errors and remedies inside other sentences.
package enum Sentence {
  /// A sentence as it stands within another one: `Check the id.` becomes `check the id`.
  package static func inside(_ sentence: String) -> String {
    let body = clause(sentence)
    return body.prefix(1).lowercased() + body.dropFirst()
  }

  /// A sentence that follows a colon: without its full stop, however many it has.
  package static func clause(_ sentence: String) -> String {
    var rest = sentence[...]
    while rest.last == "." || rest.last == " " { rest = rest.dropLast() }
    return String(rest)
  }

  /// `1 member`, `2 members`.
  package static func count(_ number: Int, _ singular: String, _ plural: String? = nil) -> String {
    "\(number) \(number == 1 ? singular : plural ?? singular + "s")"
  }
}
