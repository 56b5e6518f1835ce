internal import Yams

/// Gathers what is wrong while a file is read, so that all of it is told at once.
final class ProblemList {
  let file: String
  /// Against which relative paths are resolved: where the file lies.
  let directory: String
  private(set) var problems: [ConfigurationError.Problem] = []

  init(file: String, directory: String) {
    self.file = file
    self.directory = directory
  }

  func add(_ message: String, at key: String, _ mark: Mark?) {
    problems.append(
      .init(file: file, line: mark?.line, column: mark?.column, key: key, message: message))
  }
}

/// One mapping of the file with typed access; every key must be asked for, or it is unknown.
final class YAMLSection {
  let path: String
  let mark: Mark?
  let problems: ProblemList
  private let entries: [(key: String, node: Node, mark: Mark?)]
  private var asked: [String] = []

  init?(_ node: Node, path: String, _ problems: ProblemList) {
    self.path = path
    self.problems = problems
    mark = node.mark
    guard case .mapping(let mapping) = node else {
      // A text in its place may be a secret.
      let what = node.scalar == nil ? WrongValue.show(node) : "text"
      problems.add(
        WrongValue.text(expected: "a mapping of keys to values", shown: what), at: path, node.mark)
      return nil
    }
    entries = mapping.map { ($0.key.string ?? "", $0.value, $0.key.mark) }
    var seen: Set<String> = []
    for entry in entries where !seen.insert(entry.key).inserted {
      problems.add("this key is there twice", at: join(entry.key), entry.mark)
    }
  }

  func join(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  /// The keys in the order of the file.
  var keys: [String] { entries.map(\.key) }

  func node(_ key: String) -> Node? {
    asked.append(key)
    guard let node = entries.first(where: { $0.key == key })?.node else { return nil }
    if case .scalar(let scalar) = node, scalar.style == .plain, scalar.string.isEmpty {
      problems.add("has no value", at: join(key), node.mark)
      return nil
    }
    return node
  }

  /// The rosters that `teams` names, before anything of it is checked.
  var rosters: Set<String> {
    guard case .mapping(let teams)? = entries.first(where: { $0.key == "teams" })?.node else {
      return []
    }
    return Set(teams.compactMap { $0.value["roster"]?.string })
  }

  /// What an entry says of its source, in the words of the file: what was read under other words is about something else.
  ///
  /// Left out is what changes only how it is read, where its secrets are, and what counts for a time (`vouch`).
  var place: String {
    let howOnly: Set = ["max_concurrent", "rate_share", "deadline", "collect", "vouch"]
    return entries.filter { !howOnly.contains($0.key) && !Self.isSecret($0.key, $0.node) }
      .map { "\($0.key)=\(Self.words($0.node))" }.sorted().joined(separator: " ")
  }

  private static func isSecret(_ key: String, _ node: Node) -> Bool {
    key != "url" && ["env:", "file:", "command:"].contains { node.string?.hasPrefix($0) == true }
  }

  private static func words(_ node: Node) -> String {
    switch node {
    case .scalar(let scalar): scalar.string
    case .sequence(let items): "[" + items.map(words).joined(separator: ",") + "]"
    case .mapping(let members):
      "{"
        + members.compactMap { key, value in
          isSecret(key.string ?? "", value) ? nil : "\(key.string ?? ""):\(words(value))"
        }.sorted().joined(separator: ",") + "}"
    case .alias(let alias): "*\(alias.anchor)"
    }
  }

  func require(_ key: String) -> Node? {
    let isThere = entries.contains { $0.key == key }
    if !isThere { problems.add("\"\(key)\" is missing", at: path, mark) }
    return node(key)
  }

  func section(_ key: String) -> YAMLSection? {
    node(key).flatMap { YAMLSection($0, path: join(key), problems) }
  }

  func string(_ key: String) -> String? { node(key).flatMap { text($0, key, "text") } }

  /// A text that is there and says something.
  func requiredString(_ key: String) -> String? {
    guard let node = require(key), let text = text(node, key, "text") else { return nil }
    guard text.contains(where: { !$0.isWhitespace }) else {
      problems.add("\"\(key)\" is empty", at: join(key), node.mark)
      return nil
    }
    return text
  }

  func strings(_ key: String) -> [String]? {
    guard let node = node(key) else { return nil }
    guard case .sequence(let items) = node else {
      addNoList(node, key)
      return nil
    }
    return items.enumerated().compactMap { index, item in text(item, "\(key)[\(index)]", "text") }
  }

  /// The mappings of a list.
  func sections(_ key: String) -> [YAMLSection] {
    guard let node = node(key) else { return [] }
    guard case .sequence(let items) = node else {
      addNoList(node, key)
      return []
    }
    return items.enumerated().compactMap { index, item in
      YAMLSection(item, path: join("\(key)[\(index)]"), problems)
    }
  }

  private func addNoList(_ node: Node, _ key: String) {
    let what = node.scalar == nil ? WrongValue.show(node) : "text"
    problems.add(WrongValue.text(expected: "a list", shown: what), at: join(key), node.mark)
  }

  /// A value read from text by `parse`; nil from it is a wrong value.
  ///
  /// - Parameter show: how a wrong value is repeated; nil from it where it may be a secret.
  func value<T>(
    _ key: String, _ expected: String, show: (String) -> String? = WrongValue.quoted,
    _ parse: (String) -> T?
  ) -> T? {
    guard let node = node(key), let text = text(node, key, expected) else { return nil }
    guard let value = parse(text) else {
      problems.add(
        WrongValue.text(expected: expected, shown: show(text)), at: join(key), node.mark)
      return nil
    }
    return value
  }

  func choice<T: RawRepresentable & CaseIterable>(_ key: String, _ type: T.Type) -> T?
  where T.RawValue == String {
    let words = T.allCases.map(\.rawValue)
    guard let node = node(key), let text = text(node, key, words.joined(separator: " or "))
    else { return nil }
    if let value = T(rawValue: text) { return value }
    problems.add(
      WrongValue.text(
        expected: words.joined(separator: ", "), shown: WrongValue.quoted(text), known: words,
        typed: text), at: join(key), node.mark)
    return nil
  }

  /// Tells every key that was not asked for, with the nearest that could have been meant.
  func finish() {
    for entry in entries where !asked.contains(entry.key) {
      let nearest = NearestName.find(entry.key, in: asked).map { "; did you mean \"\($0)\"?" }
      problems.add(
        "unknown key \(WrongValue.quoted(entry.key))\(nearest ?? "; known here: \(Set(asked).sorted().joined(separator: ", "))")",
        at: join(entry.key), entry.mark)
    }
  }

  /// Tells that a value does not fit; where the message says what was expected, what stands there is repeated.
  func reject(_ key: String, _ message: String) {
    let node = entries.first { $0.key == key }?.node
    var message = message
    if message.hasPrefix("expected "), let node { message += ", not \(shown(node))" }
    problems.add(message, at: join(key), node?.mark ?? mark)
  }

  private func shown(_ node: Node) -> String {
    guard case .sequence(let items) = node else { return WrongValue.show(node) }
    return items.compactMap(\.string).map(WrongValue.quoted).joined(separator: ", ")
  }

  private func text(_ node: Node, _ key: String, _ expected: String) -> String? {
    guard case .scalar(let scalar) = node else {
      problems.add(
        WrongValue.text(expected: expected, shown: WrongValue.show(node)), at: join(key), node.mark)
      return nil
    }
    return scalar.string
  }
}
