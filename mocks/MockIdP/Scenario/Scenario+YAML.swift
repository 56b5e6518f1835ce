internal import Foundation
internal import Yams

extension Scenario {
  /// Reads an organisation from YAML.
  /// - Throws: for text that is no YAML, a wrong type, or a key that nothing knows, with its path.
  public init(yaml: String) throws {
    let resolver = Resolver.default.removing(.timestamp)
    let tree = try JSON(loaded: Yams.load(yaml: yaml, resolver) ?? [String: Any]())
    self = try tree.decoded(as: Scenario.self)
    let known = try JSON(encoding: self)
    if let unknown = tree.firstKey(missingIn: known, path: "") {
      throw ScenarioError.unknownKey(unknown)
    }
  }

  /// Reads an organisation from a YAML file.
  public init(contentsOf path: String) throws {
    try self.init(yaml: String(contentsOfFile: path, encoding: .utf8))
  }
}

/// What is wrong with a scenario file.
public enum ScenarioError: Error, Sendable, CustomStringConvertible {
  /// A key that no part of a scenario has.
  case unknownKey(String)
  /// A value that JSON cannot hold.
  case unsupportedValue(String)

  /// What is wrong and where.
  public var description: String {
    switch self {
    case .unknownKey(let path): "The scenario has an unknown key: \(path)"
    case .unsupportedValue(let value): "The scenario has a value of an unknown kind: \(value)"
    }
  }
}

extension JSON {
  /// Takes over what the YAML reader made of a document.
  fileprivate init(loaded value: Any) throws {
    switch value {
    case is NSNull: self = .null
    case let flag as Bool: self = .bool(flag)
    case let number as Int: self = .integer(number)
    case let number as Double: self = .number(number)
    case let text as String: self = .string(text)
    case let elements as [Any]: self = .array(try elements.map { try JSON(loaded: $0) })
    case let properties as [AnyHashable: Any]:
      var object: [String: JSON] = [:]
      for (key, value) in properties { object["\(key.base)"] = try JSON(loaded: value) }
      self = .object(object)
    default: throw ScenarioError.unsupportedValue("\(value)")
    }
  }

  /// The first key of this value that another has not, unless its value is null.
  fileprivate func firstKey(missingIn other: JSON, path: String) -> String? {
    switch (self, other) {
    case (.object(let mine), .object(let theirs)):
      for (key, value) in mine.sorted(by: { $0.key < $1.key }) where value != .null {
        guard let found = theirs[key] else { return path + key }
        if let missing = value.firstKey(missingIn: found, path: path + key + ".") {
          return missing
        }
      }
    case (.array(let mine), .array(let theirs)):
      for (index, pair) in zip(mine, theirs).enumerated() {
        if let missing = pair.0.firstKey(missingIn: pair.1, path: "\(path)\(index).") {
          return missing
        }
      }
    default: break
    }
    return nil
  }
}
