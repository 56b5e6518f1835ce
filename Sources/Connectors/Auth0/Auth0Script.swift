/// The code of an Action or a Rule without its comments; texts stay as they are.
enum Auth0Script {
  /// The code; nil where it cannot be told what is a comment.
  ///
  /// Slashes are told apart by what stands before them: a comment, the beginning of a regular expression, or a division.
  static func withoutComments(_ text: String) -> String? {
    var result = ""
    var rest = text[...]
    while let character = rest.first {
      if rest.hasPrefix("//") {
        rest = rest.drop { !$0.isNewline }
      } else if rest.hasPrefix("/*") {
        guard let end = rest.firstRange(of: "*/") else { return nil }
        rest = rest[end.upperBound...]
        result.append(" ")
      } else if character == "'" || character == "\"" || character == "`" {
        guard let literal = literal(rest, until: character) else { return nil }
        // A template in a template hides where either ends.
        if character == "`", literal.contains("${") { return nil }
        result += literal
        rest = rest.dropFirst(literal.count)
      } else if character == "/", beginsPattern(after: result) {
        guard let literal = literal(rest, until: "/"), !literal.contains(where: \.isNewline) else {
          return nil
        }
        result += literal
        rest = rest.dropFirst(literal.count)
      } else {
        result.append(character)
        rest = rest.dropFirst()
      }
    }
    return result
  }

  /// A literal with both of its ends; inside brackets of a regular expression a slash is none.
  private static func literal(_ rest: Substring, until end: Character) -> String? {
    var literal = String(rest.prefix(1))
    var isEscaped = false
    var isBracketed = false
    for character in rest.dropFirst() {
      literal.append(character)
      if isEscaped {
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if end == "/", character == "[" || character == "]" {
        isBracketed = character == "["
      } else if character == end, !isBracketed {
        return literal
      }
    }
    return nil
  }

  private static let words: Set<Substring> = [
    "return", "typeof", "case", "in", "of", "void", "delete", "throw", "new", "await", "else", "do",
  ]

  /// Whether a slash after some code begins a regular expression, for no value stands before it.
  private static func beginsPattern(after code: String) -> Bool {
    guard let last = code.last(where: { !$0.isWhitespace }) else { return true }
    if last.isLetter || last.isNumber || last == "_" || last == "$" {
      let trimmed = code.prefix(through: code.lastIndex(of: last) ?? code.startIndex)
      return words.contains(
        trimmed.suffix(while: { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "$" }))
    }
    return !")]}'\"`".contains(last)
  }
}

extension StringProtocol {
  fileprivate func suffix(while isPart: (Character) -> Bool) -> SubSequence {
    let start = lastIndex { !isPart($0) }.map(index(after:)) ?? startIndex
    return self[start...]
  }
}
