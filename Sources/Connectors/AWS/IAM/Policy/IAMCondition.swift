internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

/// What is known of a request beside who makes it and what it asks for.
enum IAMCredential: Sendable, Hashable, CaseIterable {
  /// From the console, signed in with a password only: the key about MFA is there, and false.
  case password
  /// With a long-term access key or the like: no key about MFA is there.
  case key
  /// With MFA, a moment ago.
  case multiFactor

  /// The condition keys of which it is known whether they are there, and with what value.
  fileprivate func value(of key: String) -> String?? {
    switch key {
    case "aws:multifactorauthpresent":
      self == .password ? "false" : self == .multiFactor ? "true" : .some(nil)
    case "aws:multifactorauthage": self == .multiFactor ? "1" : .some(nil)
    case "aws:viaawsservice", "aws:principalisawsservice": "false"
    default: nil
    }
  }
}

/// The condition of a statement.
///
/// - SeeAlso: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
struct IAMCondition: Sendable, Hashable {
  private struct Test: Sendable, Hashable {
    /// Without `IfExists`, in lower case, and with the prefix of a set.
    var word: String
    var ifExists: Bool
    var key: String
    var values: [String]
  }

  private var tests: [Test] = []
  /// Whether it is of a denial: whatever the person chooses is chosen so that it does not hold.
  private var isOfDenial = false

  /// No condition: it always holds.
  init() {}

  init(_ json: JSONValue, ofDenial: Bool) throws(WireError) {
    isOfDenial = ofDenial
    guard let operators = json.object else { throw WireError.expected(.object, found: json.type) }
    for (name, keys) in operators.sorted(by: { $0.key < $1.key }) {
      guard let keys = keys.object else {
        throw WireError.expected(.object, found: keys.type, path: name)
      }
      var word = name.lowercased()
      let ifExists = word.hasSuffix("ifexists")
      if ifExists { word.removeLast(8) }
      for (key, value) in keys.sorted(by: { $0.key < $1.key }) {
        tests.append(
          Test(
            word: word, ifExists: ifExists, key: key,
            values: try IAMStatement.texts(value, at: "\(name)/\(key)")))
      }
    }
  }

  /// Whether it holds for a request; unknown where it asks for what is not known of it.
  func holds(_ credential: IAMCredential) -> Tri {
    let answers = tests.map { holds($0, credential) }
    return answers.contains(.no) ? .no : answers.contains(.unknown) ? .unknown : .yes
  }

  /// The keys that it asks for and that are not known of a request.
  var openKeys: [String] {
    tests.filter { holds($0, .password) == .unknown }.map(\.key)
  }

  /// Whether a test holds; which services take requests without TLS is not told in one place.
  ///
  /// - SeeAlso: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
  private func holds(_ test: Test, _ credential: IAMCredential) -> Tri {
    let key = test.key.lowercased()
    guard key == "aws:securetransport" else {
      return Self.holds(test, credential.value(of: key))
    }
    let (secure, plain) = (Self.holds(test, .some("true")), Self.holds(test, .some("false")))
    return secure == plain || secure == (isOfDenial ? .no : .yes) ? secure : .unknown
  }

  private static func holds(_ test: Test, _ found: String??) -> Tri {
    guard let found else { return .unknown }
    let values = test.values.map { $0.lowercased() }
    var word = test.word
    var isAbsenceTrue = test.ifExists
    for (prefix, whenAbsent) in [("forallvalues:", true), ("foranyvalue:", false)]
    where word.hasPrefix(prefix) {
      word.removeFirst(prefix.count)
      isAbsenceTrue = test.ifExists || whenAbsent
    }
    if word == "null" { return Tri(values.contains(found == nil ? "true" : "false")) }
    let number: ((Double, Double) -> Bool)?
    switch word {
    case "bool": number = nil
    case "numericlessthan": number = (<)
    case "numericlessthanequals": number = (<=)
    case "numericgreaterthan": number = (>)
    case "numericgreaterthanequals": number = (>=)
    default: return .unknown
    }
    guard let found else { return Tri(isAbsenceTrue) }
    guard let number else { return Tri(values.contains(found)) }
    guard let mine = Double(found) else { return .unknown }
    let bounds = values.compactMap { Double($0) }
    return bounds.count == values.count ? Tri(bounds.contains { number(mine, $0) }) : .unknown
  }
}
