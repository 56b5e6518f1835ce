import IdentityCore
import TestSupport
import Testing

@Suite("Sign-in evaluation")
struct SignInEvaluatorTests {
  @Test("two policies that together cover everything leave no escape")
  func complementaryPolicies() {
    let zone = Variable(name: "zone HQ", values: ["outside", "inside"])
    let inside = Condition.variable(0, in: [1])
    func mfa(when condition: Condition) -> SignInPolicy {
      .firstMatch(
        [.init(condition, .demand(.multiFactor, by: nil))],
        otherwise: .demand(.singleFactor, by: nil))
    }
    let both = SignInModel(
      variables: [zone], policy: .all([mfa(when: inside), mfa(when: .not(inside))]))
    #expect(evaluate(both).verdict == .enforced)
    let one = SignInModel(variables: [zone], policy: mfa(when: inside))
    #expect(evaluate(one).verdict == .enforcedConditionally)
    #expect(evaluate(one).witness == [ContextFact(name: "zone HQ", value: "outside")])
  }

  @Test("an unknown that can only add protection lowers nothing, one that can open a door is named")
  func unknowns() {
    let unknown = Unknown(title: "whether rule 'Legacy' applies", remedy: "read it")
    func model(_ then: Demand, otherwise: Demand) -> SignInModel {
      SignInModel(
        unknowns: [unknown],
        policy: .firstMatch(
          [.init(.unknown(0), .demand(then, by: nil))], otherwise: .demand(otherwise, by: nil)))
    }
    #expect(evaluate(model(.multiFactor, otherwise: .multiFactor)).verdict == .enforced)
    #expect(evaluate(model(.refused, otherwise: .multiFactor)).verdict == .enforced)
    #expect(evaluate(model(.singleFactor, otherwise: .singleFactor)).verdict == .notEnforced)
    let open = evaluate(model(.singleFactor, otherwise: .multiFactor))
    #expect(open.verdict == .cannotTell)
    #expect(open.unknowns == [unknown])
  }

  @Test("what is certain without them is found without trying all ways that unknowns can be")
  func manyUnknowns() {
    let count = 22
    func mfa(when condition: Condition) -> SignInPolicy {
      .firstMatch(
        [.init(condition, .demand(.multiFactor, by: nil))],
        otherwise: .demand(.singleFactor, by: nil))
    }
    let outside = Condition.variable(0, in: [0])
    let model = SignInModel(
      variables: [Variable(name: "zone HQ", values: ["outside", "inside"])],
      unknowns: (0..<count).map { Unknown(title: "who is in group \($0)", remedy: "") },
      policy: .all(
        [mfa(when: outside)] + (0..<count).map { mfa(when: .all([.unknown($0), outside])) }))
    var result: SignInResult?
    let time = ProcessorTime.measure { result = evaluate(model) }
    #expect(result?.verdict == .enforcedConditionally)
    #expect(result?.witness == [ContextFact(name: "zone HQ", value: "inside")])
    #expect(time < .seconds(1))
    let signature = AccountTable.Signature(status: .active, atoms: [0], assigned: [1])
    #expect(SignInEvaluator(model).verdict(signature) == .enforcedConditionally)
  }

  @Test("an axiom rules out sign-ins that cannot be")
  func axioms() {
    let model = SignInModel(
      variables: [
        Variable(name: "device managed", values: ["no", "yes"]),
        Variable(name: "device registered", values: ["no", "yes"]),
      ],
      policy: .firstMatch(
        [
          .init(
            .all([.variable(0, in: [1]), .variable(1, in: [0])]), .demand(.singleFactor, by: nil))
        ],
        otherwise: .demand(.multiFactor, by: nil)),
      axioms: [.any([.not(.variable(0, in: [1])), .variable(1, in: [1])])])
    #expect(evaluate(model).verdict == .enforced)
  }

  @Test("of several ways, the witness names the rules of the one that lets in")
  func rulesOfTheWay() {
    let rules = ["password", "device", "other password"].map {
      RuleReference(policyID: $0, policyName: $0, ruleID: $0, ruleName: $0, demand: $0)
    }
    let strong = SignInPolicy.all([.demand(.singleFactor, by: 0), .demand(.multiFactor, by: 1)])
    let shut = SignInPolicy.all([.demand(.singleFactor, by: 0), .demand(.refused, by: 1)])
    let weak = SignInPolicy.all([.demand(.singleFactor, by: 2), .demand(.singleFactor, by: nil)])
    let result = evaluate(SignInModel(rules: rules, policy: .any([strong, shut, weak])))
    #expect(result.verdict == .notEnforced)
    #expect(result.witnessRules == [2])
  }

  @Test("forty overlapping zones are searched exactly, without enumerating them")
  func manyZones() {
    let zones = (0..<40).map { Variable(name: "zone \($0)", values: ["outside", "inside"]) }
    let branches = (0..<40).map {
      SignInPolicy.Branch(.variable($0, in: [1]), .demand(.multiFactor, by: nil))
    }
    let model = SignInModel(
      variables: zones, policy: .firstMatch(branches, otherwise: .demand(.singleFactor, by: nil)))
    let result = evaluate(model)
    #expect(result.verdict == .enforcedConditionally)
    #expect(result.witness.count == 40)
    #expect(result.witness.allSatisfy { $0.value == "outside" })
  }

  @Test(
    "a variable of more values than bits is judged by all of them", arguments: [65, 70, 129])
  func manyValues(count: Int) {
    let multi = SignInPolicy.demand(.multiFactor, by: nil)
    func model(_ asked: some Sequence<Int>, _ axioms: [Condition] = []) -> SignInModel {
      SignInModel(
        variables: [
          Variable(name: "country", values: (0..<count).map { "\($0)" }),
          Variable(name: "zone HQ", values: ["outside", "inside"]),
        ],
        policy: .firstMatch(
          [.init(.variable(0, in: Set(asked)), multi), .init(.variable(1, in: [1]), multi)],
          otherwise: .demand(.singleFactor, by: nil)), axioms: axioms)
    }
    let last = ContextFact(name: "country", value: "\(count - 1)")
    let outside = ContextFact(name: "zone HQ", value: "outside")
    #expect(evaluate(model(0..<count - 1)).verdict == .enforcedConditionally)
    #expect(evaluate(model(0..<count - 1)).witness == [last, outside])
    #expect(evaluate(model(0..<count)).verdict == .enforced)
    let first = evaluate(model(1..<count))
    #expect(first.witness == [ContextFact(name: "country", value: "0"), outside])
    let never = evaluate(model(0..<count - 1, [.not(.variable(0, in: [count - 1]))]))
    #expect(never.verdict == .enforced)
  }

  private func evaluate(_ model: SignInModel) -> SignInResult {
    SignInEvaluator(model).evaluate(
      AccountTable.Signature(status: .active, atoms: [0], assigned: [1]))
  }
}
