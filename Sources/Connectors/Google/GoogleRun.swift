internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import Logging

/// One reading of an account.
struct GoogleRun: Sendable {
  let connector: GoogleConnector
  let progress: Progress
  let log: ReadingLog
  /// What the policies cost, which go through a source of their own.
  let policyLog: ReadingLog?

  var configuration: GoogleConfiguration { connector.configuration }

  init(_ connector: GoogleConnector, progress: Progress) {
    self.connector = connector
    self.progress = progress
    log = ReadingLog(connector.directory.source, startedAt: connector.clock())
    policyLog = connector.policies.map { ReadingLog($0.source, startedAt: connector.clock()) }
  }

  /// Keeps a failure as an issue, with what to do about it.
  @discardableResult
  func keep(_ failure: ConnectorError, affects: SourceIssue.Affects = .verdicts) -> ConnectorError {
    let error = failure.namingGoogleQuota
    connector.logger.debug("\(error)")
    log.add(error.issue(remedy: configuration.remedy(for: error), affects: affects))
    return error
  }

  /// The same for a part that the model knows as unknown, so that other verdicts stand when it is refused for good.
  ///
  /// - Parameter decides: whether verdicts can hang on it at all; else they only lose their explanation.
  @discardableResult
  func keep(_ failure: ConnectorError, decides: Bool) -> ConnectorError {
    let loss = failure.namingGoogleQuota.loss(whenRefused: .parts)
    return keep(failure, affects: decides ? loss : .details)
  }

  func read(_ query: ProviderQuery) async -> ProviderReading {
    progress(configuration.name, "policies", done: 0)
    async let wanted = wantedGroups(query.groups)
    var settings = await readSettings(query.edits)
    // First to learn which facts about people matter, then with what is known of them.
    let vouches = Vouches(configuration.vouches, at: settings.now)
    var first = GoogleModelBuilder(
      settings, seen: GoogleSeen(missing: Set(GoogleFlag.allCases)), vouches)
    _ = first.model()
    let asked = await wanted
    let facts = Array(await groupFacts(first.atoms.groups.map(\.id)).values) + asked.values
    for fact in facts {
      settings.groupNames[fact.id] = fact.name
      settings.directMembers[fact.id] = fact.directMembers
    }
    let emptied = first.atoms.groups.map(\.id).filter {
      query.edits.removes(group: $0, name: settings.groupNames[$0])
    }
    settings.emptiedGroups = Set(emptied)
    first = GoogleModelBuilder(
      settings, seen: GoogleSeen(missing: Set(GoogleFlag.allCases)), vouches)
    _ = first.model()
    var atoms = first.atoms
    var places: [String: SubjectAtom.ID] = [:]
    for (name, group) in asked.sorted(by: { $0.key < $1.key }) {
      places[name] = atoms.id(.group, group.id, group.name ?? group.id)
    }
    settings.askedGroups = Set(asked.values.map(\.id))
    let read = await readAccounts(query, atoms, settings)
    let apps = query.apps.map { app($0, settings, read, vouches) }
    var result = ProviderReading(
      source: reading(), apps: apps, accounts: read.table, hosts: ["accounts.google.com"])
    // The next provider is asked about the primary address; aliases cannot sign in.
    result.passesOn = .email
    result.groups = places.filter { read.unreadable[$0.value] == nil }
    // The word for the customer of the subject names none.
    if configuration.customer.hasPrefix("C") {
      result.tenantMarks = ["idpid=\(configuration.customer)"]
    }
    return result
  }

  /// An application with what decides sign-ins to it, and the state of each of its doors.
  private func app(
    _ id: AppID, _ settings: GoogleSettings, _ read: GoogleDirectoryReading, _ vouches: Vouches
  ) -> ProviderApp {
    var builder = GoogleModelBuilder(
      settings, seen: read.seen, atoms: read.atoms, vouches, at: id)
    var model = builder.model()
    model.unreadableAtoms.merge(read.unreadable) { known, _ in known }
    // Where neither people nor who signs in elsewhere could be read, a model would tell of nothing that was read.
    var state = ProviderApp.State.readable(model)
    if read.table.count == 0, case .unreadable(let reason, let remedy) = settings.assignments,
      case .unreadable = settings.orgUnits
    {
      state = .unreadable(reason: reason, remedy: remedy)
    }
    var app = ProviderApp(
      id: id, label: id == "google" ? "Google" : id, state: state,
      evidence: evidence(id, settings))
    for issue in app.account(GoogleDoors.self, vouches, { builder.state(of: $0) }) {
      log.add(issue)
    }
    return app
  }

  /// How the account was read, the policies included.
  private func reading() -> SourceReading {
    var reading = log.reading(kind: "google", at: connector.clock())
    guard let more = policyLog?.reading(kind: "google", at: reading.observedAt) else {
      return reading
    }
    reading.requests += more.requests
    reading.bytes += more.bytes
    reading.requestsByEndpoint.merge(more.requestsByEndpoint) { $0 + $1 }
    return reading
  }

  private func evidence(_ app: AppID, _ settings: GoogleSettings) -> [EvidenceItem] {
    var items: [EvidenceItem] = []
    if app != "google" {
      items.append(
        EvidenceItem(
          .status, id: app, name: "application behind Google",
          value:
            "takes over the sign-in to Google; whether it is switched on for the person is not readable"
        ))
    }
    switch settings.policies {
    case .read: break
    case .notAsked:
      items.append(
        EvidenceItem(
          .status, name: "2-step verification policies",
          value: "not read: no super administrator is configured (policy_subject)"))
    case .unreadable(let reason):
      items.append(
        EvidenceItem(
          .status, name: "2-step verification policies", value: "not readable: \(reason)",
          path: "/v1/policies"))
    }
    if let legacy = settings.legacySSO {
      items.append(
        EvidenceItem(
          .attestation, name: "legacy domain-wide SSO profile",
          value: "\(legacy ? "in use" : "not in use"), says the configuration (legacy_sso)"))
    }
    return items
  }
}
