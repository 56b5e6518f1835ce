import Foundation
import IdentityCore
import Testing

@testable import AWS

/// Random policies, judged by the connector and by trying every request of a small world one by one.
@Suite("IAM: random policies") struct IAMRandomPolicyTests {
  /// A statement as the facts describe it; shares nothing with the connector.
  private struct Rule {
    var denies: Bool
    var actions: [String]
    var isNotAction: Bool
    var resources: [String]
    var isNotResource: Bool
    /// 0 none, 1 BoolIfExists false, 2 Bool false, 3 Bool true, 4 Null true, 5 age below a limit.
    var condition: Int

    var json: String {
      func list(_ texts: [String]) -> String { "[\"" + texts.joined(separator: "\",\"") + "\"]" }
      let present = "\"aws:MultiFactorAuthPresent\""
      let condition = [
        "", #","Condition":{"BoolIfExists":{\#(present):"false"}}"#,
        #","Condition":{"Bool":{\#(present):false}}"#,
        #","Condition":{"Bool":{\#(present):["true"]}}"#,
        #","Condition":{"Null":{\#(present):"true"}}"#,
        #","Condition":{"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}}"#,
      ][condition]
      return
        #"{"Effect":"\#(denies ? "Deny" : "Allow")","\#(isNotAction ? "NotAction" : "Action")":"#
        + list(actions) + #","\#(isNotResource ? "NotResource" : "Resource")":"# + list(resources)
        + condition + "}"
    }

    /// Whether it is about a request.
    ///
    /// - Parameter mfa: whether the request carries the key, and with what value; nil: it does not.
    func applies(_ action: String, _ resource: String, _ mfa: Bool?) -> Bool {
      func matches(_ pattern: String, _ text: String) -> Bool {
        let parts = pattern.components(separatedBy: "*").map(NSRegularExpression.escapedPattern)
        return text.range(
          of: "^" + parts.joined(separator: ".*") + "$", options: .regularExpression) != nil
      }
      let holds = [true, mfa != true, mfa == false, mfa == true, mfa == nil, mfa == true][condition]
      return holds
        && actions.contains { matches($0.lowercased(), action) } != isNotAction
        && resources.contains { matches($0, resource) } != isNotResource
    }
  }

  private static let actions = ["a:get", "a:put", "b:get", "b:*", "a:*", "*", "A:Get*", "*:put"]
  private static let resources = ["r1", "r2", "r*", "*", "s"]
  /// Every kind of request that these patterns tell apart.
  private static let requests = [
    "a:get", "a:getx", "a:put", "a:new", "b:get", "b:put", "b:new", "c:new", "c:put",
  ]
  .flatMap { action in ["r1", "r2", "r3", "s", "t"].map { (action, $0) } }

  private static func rule(_ random: inout SystemRandomNumberGenerator) -> Rule {
    func some(_ all: [String]) -> [String] {
      (0..<Int.random(in: 1...2, using: &random)).compactMap { _ in
        all.randomElement(using: &random)
      }
    }
    return Rule(
      denies: Bool.random(using: &random), actions: some(actions),
      isNotAction: Int.random(in: 0..<4, using: &random) == 0, resources: some(resources),
      isNotResource: Int.random(in: 0..<6, using: &random) == 0,
      condition: Int.random(in: 0..<6, using: &random))
  }

  /// The verdict of somebody with a password, or with a password and a key.
  private static func expected(_ rules: [Rule], _ boundary: [Rule]?, hasKey: Bool) -> Verdict {
    func allows(_ request: (String, String), _ mfa: Bool?) -> Bool {
      func some(_ rules: [Rule], denies: Bool) -> Bool {
        rules.contains { $0.denies == denies && $0.applies(request.0, request.1, mfa) }
      }
      return !some(rules + (boundary ?? []), denies: true) && some(rules, denies: false)
        && boundary.map { some($0, denies: false) } ?? true
    }
    var open = false
    var gated = false
    // A key is good for a session without MFA as well.
    for uses in hasKey ? [[false], [nil, false]] : [[false]] as [[Bool?]] {
      for request in requests {
        let isAllowed = uses.contains { allows(request, $0) }
        if isAllowed { open = true } else if allows(request, true) { gated = true }
      }
    }
    if open { return gated ? .enforcedConditionally : .notEnforced }
    return gated ? .enforced : .notEvaluated
  }

  private static func judged(
    _ rules: [Rule], _ boundary: [Rule]?, hasKey: Bool
  ) throws -> Verdict {
    func statements(_ rules: [Rule]) throws -> [IAMStatement] {
      guard !rules.isEmpty else { return [] }
      let text =
        #"{"Version":"2012-10-17","Statement":["# + rules.map(\.json).joined(separator: ",") + "]}"
      return try IAMDocument(
        encoded: text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
      ).statements
    }
    let grants = IAMGrants(
      statements: try statements(rules), boundary: try boundary.map(statements))
    let reach = IAMReach(grants)
    guard reach.allowsAnything(hasKey ? [.password, .key] : [.password]) else {
      return .notEvaluated
    }
    let documentation = IAMDocumentation(reaches: ["ana": reach], actions: [])
    let mapping = IAMMapping(
      account: "1", actions: [], notSimulated: Unknown(title: "", remedy: ""), gates: [],
      missingKeys: [], labels: documentation.labels)
    var facts = IAMMapping.facts(
      of: documentation,
      IAMCredentialReport.User(
        name: "ana", arn: "ana", hasPassword: true, hasDevice: false, hasActiveKey: hasKey),
      simulated: [], vouched: true)
    facts.insert(.password)
    if hasKey { facts.insert(.accessKey) }
    let all = IAMMapping.facts([], gates: 0, labels: documentation.labels.count)
    var table = AccountTable(atomCount: all.count)
    table.append(
      Account(
        id: "1", email: nil, atoms: Set(all.indices.filter { facts.contains(all[$0]) }),
        assigned: [0]))
    return SignInEvaluator(mapping.model()).evaluate(table.signature(at: 0)).verdict
  }

  @Test("six thousand random sets of policies give the verdicts that every single request gives")
  func random() throws {
    var random = SystemRandomNumberGenerator()
    var counts: [Verdict: Int] = [:]
    for _ in 0..<6_000 {
      let rules = (0..<Int.random(in: 1...5, using: &random)).map { _ in Self.rule(&random) }
      let boundary =
        Int.random(in: 0..<5, using: &random) == 0
        ? (0..<Int.random(in: 1...2, using: &random)).map { _ in Self.rule(&random) } : nil
      let hasKey = Bool.random(using: &random)
      let expected = Self.expected(rules, boundary, hasKey: hasKey)
      let judged = try Self.judged(rules, boundary, hasKey: hasKey)
      counts[expected, default: 0] += 1
      #expect(
        judged == expected,
        "\(rules.map(\.json)) boundary \(boundary?.map(\.json) ?? []) key \(hasKey)")
      if judged != expected { return }
    }
    print("random IAM policies: \(counts)")
    #expect(counts.count == 4)
  }
}
