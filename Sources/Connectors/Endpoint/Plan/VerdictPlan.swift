internal import IdentityCore
internal import JSONQuery

/// What an endpoint says about the second factor, as the operator declares it.
struct VerdictPlan: Sendable {
  /// What the values mean.
  enum Meaning: Sendable {
    /// A value is a policy: a table says what each demands; others are unknown.
    case enforcement(value: FieldPlan, table: [String: Verdict])
    /// The first rule that holds decides; none: unknown.
    case rules([VerdictRule])
    /// Whether a factor is set up, and no more.
    case enrolment
  }

  /// Which applications it speaks for.
  enum Scope: Sendable {
    /// All of the provider's.
    case all
    /// Those that a field of the row names; by the configured names where they differ.
    case named(FieldPlan, names: [AppID: String])
  }

  /// What counts when several joined rows say different things.
  enum Combination: String, CaseIterable, Sendable {
    case weakest, strongest
    case cannotTell = "cannot-tell"
  }

  var meaning: Meaning
  var scope: Scope
  /// Where the id of the policy stands.
  var evidence: FieldPlan?
  var combination = Combination.cannotTell
  /// What a person is whom the request about one person does not find.
  var unknownUser = Verdict.cannotTell
}

/// One rule: when it holds, what it means and why.
struct VerdictRule: Sendable {
  var condition: Predicate
  var verdict: Verdict
  var reason: String
}

/// A question about a row: yes, no, or unknown where what it asks for is missing.
indirect enum Predicate: Sendable {
  /// What is asked.
  enum Subject: Sendable {
    case field(FieldName)
    case query(FieldPlan)
  }

  case always
  case exists(Subject, Bool)
  case oneOf(Subject, [JSONValue])
  case matches(Subject, RegularExpression)
  case group(String)
  case not(Predicate)
  case all([Predicate])
  case any([Predicate])
}
