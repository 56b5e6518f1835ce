/// Sentences of errors and remedies inside other sentences.
enum Sentence {
  /// A sentence as it stands within another one: `Check the id.` becomes `check the id`.
  static func inside(_ sentence: String) -> String {
    let body = clause(sentence)
    return body.prefix(1).lowercased() + body.dropFirst()
  }

  /// A sentence that follows a colon: without its full stop.
  static func clause(_ sentence: String) -> String {
    sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence
  }
}
