import IdentityCore
import Storage
import Testing

@Suite("Store: outbox") struct OutboxTests {
  private let rules = [
    AlertChannelRule(name: "mail"), AlertChannelRule(name: "hook", minimumSeverity: .critical),
  ]

  @Test("findings that open or resolve are put into the outbox by the commit that makes them")
  func enqueued() async throws {
    try await Samples.withStore { store in
      let weak = Samples.record("ana@acme.com", .notEnforced)
      try store.commit(
        1, [Samples.added(weak), Samples.added(Samples.record("bo@acme.com", role: .admin))],
        alerts: rules)
      let message = try #require(try store.alerts().first)
      #expect(try store.alerts().count == 1, "nothing critical, so nothing for the hook")
      #expect(message.channel == "mail" && message.team == "acme" && message.attempts == 0)
      let content = try store.content(of: message)
      #expect(content.opened.map(\.email) == ["ana@acme.com"])
      #expect(content.resolved.isEmpty && content.openGaps == 1 && content.members == 2)
      #expect(content.admins == ["bo@acme.com"])
      try store.commit(2, [], alerts: rules)
      #expect(try store.alerts().count == 1, "nothing new")
      try store.commit(3, [Samples.changed(weak, Samples.record("ana@acme.com"))], alerts: rules)
      let second = try #require(try store.alerts().first)
      #expect(try store.content(of: second).resolved.map(\.email) == ["ana@acme.com"])
      #expect(try store.content(of: message).opened == content.opened, "as it was then")
      #expect(second.id != message.id)
    }
  }

  @Test("a gap is told when its exemption ends, and its end only to channels that heard of it")
  func exemptions() async throws {
    try await Samples.withStore { store in
      var exempt = Samples.record("ana@acme.com", .notEnforced, findings: FindingSet(.noMFA))
      exempt.isExempt = true
      try store.commit(1, [Samples.added(exempt)], alerts: rules)
      #expect(try store.alerts().isEmpty)
      var open = exempt
      open.isExempt = false
      open.findings.insert(FindingSet(.exemptionExpired))
      try store.commit(2, [Samples.changed(exempt, open)], alerts: rules)
      let told = try store.alerts().map { try store.content(of: $0) }
      #expect(told.map { $0.opened.map(\.kind) } == [[.noMFA], [.noMFA, .exemptionExpired]])
      #expect(told.allSatisfy { $0.opened.first?.openedAt == Samples.time(1) })
      // Exempt again: no end, and no second beginning afterwards.
      var again = open
      again.isExempt = true
      again.findings.remove(FindingSet(.exemptionExpired))
      try store.commit(3, [Samples.changed(open, again)], alerts: rules)
      try store.commit(4, [Samples.changed(again, open)], alerts: rules)
      let kinds = try store.alerts().prefix(2).map { try store.content(of: $0) }
        .flatMap { $0.opened.map(\.kind) + $0.resolved.map(\.kind) }
      #expect(!kinds.contains(.noMFA), "\(kinds)")
      var fixed = open
      fixed.findings = []
      try store.commit(5, [Samples.changed(open, fixed)], alerts: rules)
      let ends = try store.alerts().filter { $0.runID == "run-5" }.map { try store.content(of: $0) }
      #expect(Set(ends.map { $0.resolved.first?.kind }) == [.noMFA])
    }
  }

  @Test("who becomes an admin brings the channel what now is grave enough")
  func promotion() async throws {
    try await Samples.withStore { store in
      let high = [AlertChannelRule(name: "high", minimumSeverity: .high)]
      let member = Samples.record("bo@acme.com", .notEnforced, findings: FindingSet(.outsideSSO))
      try store.commit(1, [Samples.added(member)], alerts: high)
      #expect(try store.alerts().isEmpty)
      var admin = member
      admin.role = .admin
      try store.commit(2, [Samples.changed(member, admin)], alerts: high)
      let message = try #require(try store.alerts().first)
      #expect(try store.content(of: message).opened.map(\.kind) == [.outsideSSO])
    }
  }

  @Test(
    "of a team without admins those it had last are told; of one that was never known, those of the other teams"
  )
  func lastAdmins() async throws {
    try await Samples.withStore { store in
      let admin = Samples.record("bo@acme.com", role: .admin)
      let weak = Samples.record("ana@acme.com", .notEnforced)
      try store.commit(1, [Samples.added(admin)], alerts: rules)
      try store.commit(2, [Samples.removed(admin), Samples.added(weak)], alerts: rules)
      let message = try #require(try store.alerts().first)
      #expect(try store.content(of: message).admins == ["bo@acme.com"])
      try store.commit(3, [Samples.added(Samples.record("cy@acme.com", role: .admin))])
      #expect(try store.content(of: message).admins == ["cy@acme.com"])
      try store.commit(expecting: try store.version()) { writer in
        try writer.team("never", rosterSource: "heroku")
        try writer.teamReading(
          of: "heroku", for: "never", as: .roster, .failed, at: Samples.time(4))
        writer.enqueueAlerts(rules)
        return Samples.run(4)
      }
      let failure = try #require(try store.alerts().first { $0.team == "never" })
      #expect(try store.content(of: failure).admins == ["cy@acme.com"])
    }
  }

  @Test("a source that fails is told once, whatever runs follow, and once when it is back")
  func failureOnce() async throws {
    try await Samples.withStore { store in
      func run(_ number: Int, _ quality: ReadingQuality) throws {
        try store.commit(expecting: try store.version()) { writer in
          try writer.team("widgets", rosterSource: "heroku")
          try writer.teamReading(
            of: "heroku", for: "widgets", as: .roster, quality, at: Samples.time(number))
          writer.enqueueAlerts(rules)
          return Samples.run(number)
        }
      }
      var told: [Int] = []
      for (number, quality) in [ReadingQuality.failed, .failed, .failed, .complete, .complete]
        .enumerated()
      {
        try run(number + 1, quality)
        told.append(try store.alerts().count)
      }
      #expect(told == [1, 1, 1, 2, 2].map { $0 * rules.count })
    }
  }

  @Test("who is only invited as an admin is no admin of the team")
  func invited() async throws {
    try await Samples.withStore { store in
      var invited = Samples.record("stranger@evil.example", role: .admin)
      invited.isPending = true
      let weak = Samples.record("ana@acme.com", .notEnforced)
      try store.commit(1, [Samples.added(weak), Samples.added(invited)], alerts: rules)
      let message = try #require(try store.alerts().first)
      #expect(try store.content(of: message).admins.isEmpty)
    }
  }

  @Test("large news are told in parts, nobody's findings torn, each once")
  func parts() async throws {
    try await Samples.withStore { store in
      let people = (0..<25).map {
        Samples.record(
          "p\($0)@acme.com", .notEnforced,
          findings: [FindingSet(.mfaNotEnforced), FindingSet(.weakFactorsOnly)])
      }
      try store.commit(
        1, people.map(Samples.added), alerts: [AlertChannelRule(name: "mail")], maxPerMessage: 7)
      let messages = try store.alerts()
      #expect(messages.count == 9)
      let told = try messages.flatMap { try store.content(of: $0).opened }
      #expect(Set(told.map(\.id)).count == 50 && told.count == 50)
      for message in messages { #expect(try store.content(of: message).opened.count <= 7) }
      #expect(Set(messages.map(\.id)).count == 9)
    }
  }

  @Test("a try put off by a clock that ran ahead is due, one that was given up is not")
  func clockAhead() async throws {
    try await Samples.withStorePath { path in
      let store = try Store(path: path)
      try store.commit(
        1, [Samples.added(Samples.record("ana@acme.com", .notEnforced))], alerts: rules)
      let id = try #require(try store.dueAlerts(at: Samples.time(1)).first).id
      let (now, horizon) = (Samples.time(2), Samples.time(5))
      try store.markFailed(id, error: "503", next: Samples.time(4))
      #expect(try store.dueAlerts(at: now, horizon: horizon).isEmpty, "within the schedule")
      try store.markFailed(id, error: "503", next: Samples.time(6))
      #expect(try store.dueAlerts(at: now, horizon: horizon).count == 1)
      try store.markFailed(id, error: "410", next: AlertMessage.never)
      #expect(try store.dueAlerts(at: now, horizon: horizon).isEmpty)
    }
  }

  @Test("a message waits until it is delivered, with the same id, also over a new start")
  func delivery() async throws {
    try await Samples.withStorePath { path in
      let id: String
      do {
        let store = try Store(path: path)
        try store.commit(
          1, [Samples.added(Samples.record("ana@acme.com", .notEnforced))], alerts: rules)
        let message = try #require(try store.dueAlerts(at: Samples.time(1)).first)
        id = message.id
        try store.markFailed(id, error: "503", next: Samples.time(3))
        #expect(try store.dueAlerts(at: Samples.time(2)).isEmpty)
      }
      let store = try Store(path: path)
      let message = try #require(try store.dueAlerts(at: Samples.time(3)).first)
      #expect(message.id == id && message.attempts == 1 && message.lastError == "503")
      try store.markDelivered(id, at: Samples.time(4))
      try store.markDelivered(id, at: Samples.time(5))
      try store.markFailed(id, error: "late", next: Samples.time(6))
      #expect(try store.dueAlerts(at: Samples.time(9)).isEmpty)
      let delivered = try #require(try store.alerts().first)
      #expect(delivered.deliveredAt == Samples.time(4) && delivered.lastError == "503")
      #expect(try store.alerts(pendingOnly: true).isEmpty)
      let error = #expect(throws: StorageError.self) {
        try store.markDelivered("unknown", at: Samples.time(4))
      }
      #expect(error?.code == .notFound)
    }
  }

  @Test("an exempt member is told of by the end of the exemption only")
  func exempt() async throws {
    try await Samples.withStore { store in
      var ana = Samples.record(
        "ana@acme.com", .notEnforced,
        findings: [FindingSet(.mfaNotEnforced), FindingSet(.exemptionExpiring)])
      ana.isExempt = true
      try store.commit(1, [Samples.added(ana)], alerts: [AlertChannelRule(name: "mail")])
      let message = try #require(try store.alerts().first)
      #expect(try store.content(of: message).opened.map(\.kind) == [.exemptionExpiring])
      #expect(try store.teams().first?.openGaps == 0)
    }
  }
}
