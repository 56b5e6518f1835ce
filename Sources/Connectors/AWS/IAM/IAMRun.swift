internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import Logging

/// One reading of an account.
struct IAMRun: Sendable {
  /// The account's own word on its root user.
  struct Summary: Sendable {
    var rootHasDevice: Bool?
    var rootHasPassword: Bool?
    var rootHasKey: Bool?
    /// How many users the account has, the root user apart.
    var users: Int?
  }

  let configuration: IAMConfiguration
  let client: AWSClient
  let clock: @Sendable () -> Timestamp
  let logger: Logger
  let progress: Progress
  let log: ReadingLog

  init(
    configuration: IAMConfiguration, client: AWSClient, clock: @escaping @Sendable () -> Timestamp,
    logger: Logger, progress: Progress
  ) {
    self.configuration = configuration
    self.client = client
    self.clock = clock
    self.logger = logger
    self.progress = progress
    log = ReadingLog(client.source, startedAt: clock())
  }

  /// Keeps a failure as an issue, with what to do about it.
  func keep(_ error: ConnectorError, affects: SourceIssue.Affects = .verdicts) {
    logger.debug("\(error)")
    log.add(
      error.issue(
        remedy: AWSErrors.remedy(error, source: configuration.name), affects: affects))
  }

  func read(_ query: ProviderQuery) async -> ProviderReading {
    progress(configuration.name, "credential report", done: 0)
    // What the report says may be four hours old, and what rests on it is.
    var made = clock()
    var reading = ProviderReading(
      source: log.reading(kind: "aws-iam", at: clock()), apps: [],
      accounts: AccountTable(atomCount: 0),
      hosts: Set([SourceHost.of(client.url)].compactMap { $0 }))
    do throws(ConnectorError) {
      let report: IAMCredentialReport
      (report, made) = try await self.report()
      log.count(report.users.count)
      let summary = await summary(report)
      let principals = await principals()
      compare(summary, principals)
      let people = IAMPeople(
        configuration: configuration, report: report, summary: summary, principals: principals)
      let kept = people.kept(await query.watch())
      let reported = kept.filter(\.isReported).map(\.user)
      var credentials = IAMServiceCredentials.notNeeded
      if reported.contains(where: { !$0.isRoot && !$0.mayAct }) {
        credentials = await serviceCredentials()
      }
      let outcome = await simulate(reported.filter(credentials.mayAct), principals)
      let documentation = IAMDocumentation(
        kept, principals, outcome, account: report.account ?? "",
        actions: configuration.sensitiveActions)
      if case .notNeeded = credentials,
        reported.contains(where: {
          outcome.simulations[$0.arn] != nil && documentation.needsServiceCredentials($0)
        })
      {
        credentials = await serviceCredentials()
      }
      let facts = DoorFacts(
        root: people.root, documentation: documentation, serviceCredentials: credentials,
        roles: principals?.roles, account: report.account ?? "",
        isResourceVouched: query.apps.allSatisfy(vouchesForResources))
      reading.accounts = accounts(kept, outcome, facts, apps: query.apps.count)
      if query.collectFactors || configuration.collectFactors {
        await collectFactors(kept.map(\.user), &reading.accounts)
      }
      reading.tell(groups(query.groups, kept, principals))
      reading.apps = query.apps.map { app($0, made, outcome, facts) }
    } catch {
      keep(error)
      reading.apps = query.apps.map { id in
        ProviderApp(
          id: id, label: id,
          state: .unreadable(
            reason: error.message, remedy: AWSErrors.phrase(error, source: configuration.name)))
      }
    }
    reading.source = log.reading(kind: "aws-iam", at: min(clock(), made))
    return reading
  }

  /// Whether somebody vouches for what policies of resources allow.
  private func vouchesForResources(_ app: AppID) -> Bool {
    Vouches(configuration.vouches, at: clock())
      .vouch(for: IAMDoors.resourcePolicies.row.id, object: nil, version: nil, at: app) != nil
  }

  private func app(
    _ id: AppID, _ made: Timestamp, _ outcome: IAMOutcome, _ facts: DoorFacts
  ) -> ProviderApp {
    let account = facts.account
    guard let wanted = IAMConfiguration.account(id) else {
      return ProviderApp(
        id: id, label: id,
        state: .unreadable(
          reason: "\(id) names no AWS account.", remedy: "name it as aws-iam:<12 digits>"))
    }
    if !account.isEmpty, account != wanted {
      return ProviderApp(
        id: id, label: id,
        state: .unreadable(
          reason: "The access key of \(configuration.name) belongs to account \(account).",
          remedy: "give account \(wanted) a source of its own, or have it take on a role there"))
    }
    let documentation = facts.documentation
    let mapping = IAMMapping(
      account: wanted, actions: configuration.sensitiveActions, notSimulated: outcome.unknown,
      gates: outcome.gates, missingKeys: outcome.missingKeys,
      documentKeys: Set(
        documentation.reaches.values.flatMap { $0.ways.values.flatMap(\.keys) }
      ).sorted().joined(separator: ", "),
      unreadWords: documentation.unread.values.min().map { ": \($0)" } ?? "",
      labels: documentation.labels)
    var app = ProviderApp(
      id: id, label: "AWS account \(wanted)", state: .readable(mapping.model()),
      evidence: [
        EvidenceItem(
          .status, id: wanted, name: "credential report", value: "made \(made.text)",
          path: "iam:GetCredentialReport")
      ])
    let vouches = Vouches(configuration.vouches, at: clock())
    for issue in app.account(IAMDoors.self, vouches, { state(of: $0, facts) }) { log.add(issue) }
    return app
  }

  // MARK: The report

  /// Has a report made and reads it.
  ///
  /// While it is being made the transport asks again; AWS makes a new one every four hours at most.
  private func report() async throws(ConnectorError) -> (IAMCredentialReport, made: Timestamp) {
    let generate = client.request("GenerateCredentialReport")
    for _ in 0..<8 {
      let state = try await client.result(generate)["State"]?.text
      guard state == "COMPLETE" else { continue }
      let request = client.request("GetCredentialReport")
      do throws(ConnectorError) {
        let result = try await client.result(request)
        do throws(WireError) {
          guard let made = Timestamp(try result.required("GeneratedTime")) else {
            throw WireError(.shape, path: "GeneratedTime", detail: "expected a time")
          }
          return (try IAMCredentialReport(base64: try result.required("Content")), made)
        } catch {
          throw client.malformed(error, request)
        }
      } catch {
        let again = ["ReportNotPresent", "ReportExpired", "ReportInProgress"]
        guard error.vendorCode.map(again.contains) == true else { throw error }
      }
    }
    throw ConnectorError(
      .timeout, source: configuration.name, call: generate.endpoint,
      message: "AWS did not finish the credential report in time.")
  }

  private func summary(_ report: IAMCredentialReport) async -> Summary {
    let request = client.request("GetAccountSummary")
    var summary = Summary()
    do throws(ConnectorError) {
      let result = try await client.result(request)
      for entry in result["SummaryMap"]?.children ?? [] {
        let number = entry["value"].flatMap { Int($0.text) }
        let value = number.map { $0 > 0 }
        switch entry["key"]?.text {
        case "Users": summary.users = number
        case "AccountMFAEnabled": summary.rootHasDevice = value
        case "AccountPasswordPresent": summary.rootHasPassword = value
        case "AccountAccessKeysPresent": summary.rootHasKey = value
        default: break
        }
      }
    } catch {
      // The report has the root user too; where it says nothing of a device, the summary alone does.
      let isTold = report.users.contains { $0.isRoot && $0.hasDevice != nil }
      let matters = configuration.rootEmail != nil && !isTold
      keep(error, affects: matters ? .parts : .details)
    }
    return summary
  }

  /// A list of users that is not as long as AWS counts is no end of it.
  private func compare(_ summary: Summary, _ principals: IAMPrincipals?) {
    guard let declared = summary.users, let principals, declared != principals.count else { return }
    keep(
      ConnectorError(
        .paging, source: configuration.name, call: "GetAccountAuthorizationDetails",
        message:
          "AWS listed \(principals.count) users of \(declared) that GetAccountSummary counts."))
  }

  private func principals() async -> IAMPrincipals? {
    var principals = IAMPrincipals()
    var filter: [(String, String)] = []
    for (index, kind) in ["User", "Group", "Role", "LocalManagedPolicy", "AWSManagedPolicy"]
      .enumerated()
    {
      filter.append(("Filter.member.\(index + 1)", kind))
    }
    do throws(ConnectorError) {
      try await client.pages { marker in
        client.request(
          "GetAccountAuthorizationDetails",
          query: filter + [("MaxItems", "1000")] + (marker.map { [("Marker", $0)] } ?? []))
      } _: { response, request, page throws(ConnectorError) in
        let result = try client.xml(response, request, page: page)
        do throws(WireError) {
          try principals.add(result)
          return try IAMPaging.marker(result)
        } catch {
          throw client.malformed(error, request, page: page)
        }
      }
      return principals
    } catch {
      // Without it everybody is simulated alone and the rest of the policies is unknown, and nobody knows who was made since
      // the report: no row proves nothing.
      // An address in a tag is then not known of anybody.
      keep(error, affects: configuration.emailTag == nil ? .parts : .verdicts)
      return nil
    }
  }

  /// Who is in the groups that exemptions name; the root user is in none.
  private func groups(
    _ wanted: [String], _ kept: [IAMPeople.Person], _ principals: IAMPrincipals?
  ) -> WantedGroups {
    var result = WantedGroups()
    guard let principals else { return result }
    for name in wanted {
      result.note(
        name,
        kept.map(\.user).map { user in
          // Whoever the list does not have is deleted.
          if user.isRoot || !principals.contains(user.name) { return (user.arn, .no) }
          let groups = principals.groups(of: user.name)
          return (user.arn, groups.map { Tri($0.contains(name)) } ?? .unknown)
        })
    }
    return result
  }

  // MARK: Credentials of single services

  /// The users with an active credential of a single service, those for git apart.
  private func serviceCredentials() async -> IAMServiceCredentials {
    var users: Set<String> = []
    do throws(ConnectorError) {
      try await client.pages { marker in
        client.request(
          "ListServiceSpecificCredentials",
          query: [("AllUsers", "true")] + (marker.map { [("Marker", $0)] } ?? []))
      } _: { response, request, page throws(ConnectorError) in
        let result = try client.xml(response, request, page: page)
        do throws(WireError) {
          for credential in result.list("ServiceSpecificCredentials") {
            let (user, status) = (try credential.required("UserName"), credential["Status"]?.text)
            let isGit = try credential.required("ServiceName").hasPrefix("codecommit.")
            if status != "Inactive", !isGit { users.insert(user) }
          }
          return try IAMPaging.marker(result)
        } catch {
          throw client.malformed(error, request, page: page)
        }
      }
      return .users(users)
    } catch {
      keep(error, affects: .parts)
      return .notRead
    }
  }

  // MARK: Factors

  /// Asks for the devices of every kept user who has one; one request each.
  private func collectFactors(
    _ users: [IAMCredentialReport.User], _ table: inout AccountTable
  ) async {
    for user in users where user.hasDevice != false && !user.isRoot {
      guard let position = table.position(ofID: user.arn), table[position].status == .active
      else { continue }
      let request = client.request("ListMFADevices", query: [("UserName", user.name)])
      do throws(ConnectorError) {
        let devices = try await client.result(request).list("MFADevices")
        var factors: FactorSet = []
        for serial in devices.compactMap({ $0["SerialNumber"]?.text }) {
          if serial.contains(":mfa/") {
            factors.insert(.totp)
          } else {
            factors.insert(serial.contains(":u2f/") ? .webauthn : .hardwareToken)
          }
        }
        table.setEnrolment(factors.isEmpty ? .no : .yes, factors, at: position)
      } catch {
        keep(error, affects: .details)
        if !error.isTransient, error.code != .notFound { return }
      }
    }
  }
}

/// How IAM's lists go on.
enum IAMPaging {
  /// The marker of the next page; nil at the end.
  static func marker(_ result: XMLElement) throws(WireError) -> String? {
    switch result["IsTruncated"]?.text {
    case "true": return try result.required("Marker")
    case "false": return nil
    // Without this word nobody can say that this is the end.
    default:
      throw WireError(.shape, path: "IsTruncated", detail: "expected true or false")
    }
  }
}
