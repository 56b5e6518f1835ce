internal import ConnectorKit
internal import CurlTransport
internal import JSONQuery
internal import Yams

extension YAMLSection: SourceKeys {
  var names: [String] { keys }

  func bool(_ key: String) -> Bool? {
    value(key, "true or false") { $0 == "true" ? true : $0 == "false" ? false : nil }
  }

  func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
    value(key, "a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
      Int(text).flatMap { range.contains($0) ? $0 : nil }
    }
  }

  func seconds(_ key: String) -> Int64? {
    value(key, "a duration such as 24h", ScalarText.seconds)
  }

  func secret(_ key: String) -> SecretHandle? {
    value(
      key, "env:NAME, file:PATH or command:…; a secret never stands in the file itself",
      show: { _ in nil }
    ) {
      SecretReference($0, directory: problems.directory).map { SecretHandle(reference: $0.text) }
    }
  }

  func requiredSecret(_ key: String) -> SecretHandle? {
    if !keys.contains(key) { _ = require(key) }
    return secret(key)
  }

  func url(_ key: String) -> URLHandle? {
    let handle = value(key, "an http or https URL, or env:NAME", show: WrongValue.showURL) { text in
      if AddressProblem.of(text) == .userInfo || AddressProblem.of(text) == .plainHTTP {
        return URLHandle(text: text)
      }
      if let url = ScalarText.url(text) { return URLHandle(text: url) }
      return SecretReference(text, directory: problems.directory).map { URLHandle(text: $0.text) }
    }
    // What is known before anything is contacted is told before anything is contacted.
    guard let text = handle?.text, text.contains("://"), let problem = AddressProblem.of(text),
      problem != .notAbsolute
    else { return handle }
    problems.add(problem.explanation, at: join(key), node(key)?.mark)
    return nil
  }

  func file(_ key: String) -> String? {
    string(key).map { $0.hasPrefix("/") ? $0 : problems.directory + "/" + $0 }
  }

  func value(_ key: String) -> JSONValue? {
    node(key).flatMap { JSONValue($0) }
  }

  func mapping(_ key: String) -> (any SourceKeys)? {
    section(key)
  }

  func mappings(_ key: String) -> [any SourceKeys] {
    sections(key)
  }

  func missing(_ key: String) {
    problems.add("\"\(key)\" is missing", at: path, mark)
  }

  func reject(_ message: String) {
    problems.add(message, at: path, mark)
  }
}

extension JSONValue {
  /// A YAML value as JSON: plain scalars by YAML's core schema, quoted ones as texts.
  init?(_ node: Node) {
    switch node {
    case .scalar(let scalar): self = JSONValue(scalar)
    case .sequence(let items): self = .array(items.compactMap { JSONValue($0) })
    case .mapping(let mapping):
      var members: [String: JSONValue] = [:]
      for (key, value) in mapping {
        guard let key = key.string, let value = JSONValue(value) else { return nil }
        members[key] = value
      }
      self = .object(members)
    case .alias: return nil
    }
  }

  private init(_ scalar: Node.Scalar) {
    let text = scalar.string
    guard scalar.style == .plain else {
      self = .string(text)
      return
    }
    switch text {
    case "null", "~", "": self = .null
    case "true": self = .bool(true)
    case "false": self = .bool(false)
    default:
      if let integer = Int64(text) {
        self = .integer(integer)
      } else if let number = Double(text), number.isFinite, text.first?.isLetter == false {
        self = .number(text)
      } else {
        self = .string(text)
      }
    }
  }
}
