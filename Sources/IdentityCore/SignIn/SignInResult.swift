/// What policies say about one person's sign-ins to one application.
public struct SignInResult: Sendable, Hashable {
  /// The verdict over all possible worlds and sign-ins.
  ///
  /// `not-evaluated`: rules that were read refuse every sign-in; they are the ``closingRules``.
  public var verdict: Verdict
  /// Whether the verdict holds whatever the unknowns are.
  ///
  /// False only for `enforced-conditionally` where an unknown may close every escape.
  public var isProven = true
  /// Whether it is `cannot-tell` because no way in was found, and not every sign-in is refused by a rule that was read.
  public var findsNoWayIn = false
  /// The fewest facts of a sign-in that make every such sign-in pass with one factor, in the order of the variables.
  ///
  /// Empty when nothing escapes, and when every sign-in does.
  public var witness: [ContextFact] = []
  /// The rules that let the witness in.
  public var witnessRules: [RuleReference.ID] = []
  /// The rules that may decide a sign-in of this person, in the order they are asked.
  public var reachableRules: [RuleReference.ID] = []
  /// The rules that may decide one too, of which it is not known what they ask for.
  var opaqueRules: [RuleReference.ID] = []
  /// Those of them that refuse or ask for two factors; only those that refuse where all that matters is that nobody gets in.
  public var closingRules: [RuleReference.ID] = []
  /// The facts about the person that decided which rules are left.
  public var decidingAtoms: [SubjectAtom.ID] = []
  /// What is not known and may matter.
  public var unknowns: [Unknown] = []
  /// The providers behind that let the person in nowhere, where nobody gets in because of them; in the order they are asked.
  var closedUpstreams: [UpstreamAnswer] = []
}
