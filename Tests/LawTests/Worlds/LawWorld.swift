import TestSupport

/// Where a random team is kept.
enum Platform: String, CaseIterable, Sendable {
  /// Heroku, which shows its own second factor and who is federated.
  case heroku
  /// A JSON list that says the same of everybody.
  case json
}

/// An identity provider that random teams sign in through.
enum Provider: String, CaseIterable, Sendable {
  case okta, entra, google, keycloak, json
}

/// A small organisation and what happens to it from run to run.
///
/// A value that is the same for the same seed; shrinking takes people, steps and changes out of it.
struct LawWorld: Sendable {
  /// Where it came from.
  var seed: UInt64
  /// Where the teams are kept.
  var platform: Platform
  /// The providers that team A signs in through; team B knows the first only.
  var doors: [Provider]
  /// What Google leaves sign-ins to; no entry of team A's own.
  var upstream: Provider?
  /// The runs, in order.
  var steps: [LawStep]
  /// What goes wrong in both sequences, with and without the fault in question.
  var troubles: [LawFault] = []

  /// Every provider that is read.
  var providers: [Provider] { doors + (upstream.map { [$0] } ?? []) }
}

/// One run: how long after the one before, of which organisation, and for whom.
struct LawStep: Sendable {
  /// Hours since the run before.
  var hours: Double
  /// The organisation as it is by then.
  var organisation: OrganisationState
  /// The teams asked for; empty is all.
  var teams: [String] = []
}

/// Everything that is true at one moment.
struct OrganisationState: Sendable {
  var people: [PersonState]
  var doors: [Provider: DoorState]
}

/// One person at the platform.
struct PersonState: Sendable {
  /// The number in the address; people keep it while others are taken out.
  var number: Int
  var isOnTeamA = true
  var isOnTeamB = false
  var isAdmin = false
  var isFederated = true
  var isInvited = false
  var platformMFA: Bool? = false

  var email: String { "p\(number)@acme.com" }
}

/// What a provider asks for.
enum DemandState: String, CaseIterable, Sendable {
  /// Two factors of everybody.
  case everybody
  /// One factor of everybody.
  case nobody
  /// Two factors, but one of the group.
  case exceptGroup
  /// Two factors of the group, one of others.
  case onlyGroup
  /// Two factors, but for some sign-ins.
  case sometimes
  /// The group is refused, others need two factors.
  case groupRefused
}

/// One account at a provider.
struct AccountState: Sendable {
  var isThere = true
  var isActive = true
  var isAssigned = true
  var isInGroup = false
}

/// One provider at one moment.
struct DoorState: Sendable {
  var demand: DemandState
  /// By the number of the person.
  var accounts: [Int: AccountState]
  /// What the application is linked to: another number is another policy.
  var policyNumber = 1
  /// Something that this vendor knows beside the demand: a session policy, assignments, a second list.
  var hasExtra = false
  /// A second thing of the kind: an inbound provider that is trusted, a device that is.
  var isTrusting = false

  func account(_ person: PersonState) -> AccountState {
    accounts[person.number] ?? AccountState()
  }
}
