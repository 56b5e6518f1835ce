public import IdentityCore

/// The public status format, `idsync.status/1`: a member a line.
struct StatusJSON {
  private let report: StatusReport

  /// Prepares a report.
  init(_ report: StatusReport) {
    self.report = report
  }

  /// Writes the document.
  func write(to sink: @escaping ByteSink) throws {
    var json = JSONWriter(to: sink)
    var names = FindingNames()
    try json.object { json in
      json.field("schema", "idsync.status/1")
      json.line(1)
      json.key("run")
      if let run = report.run { json.run(run) } else { json.null() }
      json.line(1)
      json.key("members")
      try json.array { json in
        for status in report.members {
          json.line(2)
          json.member(status, &names)
          try json.drain()
        }
        if !report.members.isEmpty { json.line(1) }
      }
      json.line(1)
      json.key("summary")
      json.summary(report.summary, report.headcount(of: report.members))
      json.line(1)
      json.field("generated_at", report.generatedAt)
      json.field("tool_version", report.toolVersion)
      json.key("filters")
      json.strings(report.filters)
      json.line(1)
      json.key("teams")
      json.array { json in
        for team in report.teams {
          json.object { json in
            json.field("team", team.team)
            json.field("read", team.isRead)
            json.field("read_at", team.readAt)
            json.field("run", team.runID)
            json.field("held_plan", report.heldPlans[team.team])
          }
        }
      }
      json.line(1)
      json.key("notices")
      json.array { json in
        for notice in Notice.all(of: report, Tally(report)) {
          json.line(2)
          json.notice(notice)
        }
      }
      json.line(0)
    }
    try json.finish()
  }
}

extension JSONWriter {
  /// Writes a run with its sources, as `run` of the public status format.
  public mutating func run(_ run: RunRecord) {
    object { json in
      json.field("id", run.id.isEmpty ? nil : run.id)
      json.field("started_at", run.startedAt)
      json.field("finished_at", run.finishedAt)
      json.field("complete", run.isComplete)
      json.line(2)
      json.key("sources")
      json.array { json in
        for source in run.sources {
          json.line(3)
          json.source(source)
        }
        if !run.sources.isEmpty { json.line(2) }
      }
      json.field("outcome", run.outcome.rawValue)
      json.field("reason", run.reason)
      json.key("changes")
      json.object { json in
        json.field("added", run.changes.added)
        json.field("changed", run.changes.changed)
        json.field("removed", run.changes.removed)
        json.field("opened", run.changes.opened)
        json.field("resolved", run.changes.resolved)
      }
    }
  }

  fileprivate mutating func notice(_ notice: Notice) {
    object { json in
      json.field("weight", notice.weight == .warning ? "warning" : "note")
      json.field("source", notice.source)
      json.field("message", notice.message)
      json.field("remedy", notice.remedy)
    }
  }

  private mutating func source(_ source: SourceReading) {
    object { json in
      json.field("name", source.name)
      json.field("kind", source.kind)
      json.field("complete", source.isComplete)
      json.field("fetched", source.fetched)
      json.field("declared", source.declared)
      json.field("requests", source.requests)
      json.field("observed_at", source.observedAt)
      json.field("error", source.firstGap?.message)
      json.field("started_at", source.startedAt)
      json.field("bytes", source.bytes)
      json.key("requests_by_endpoint")
      json.object { json in
        for (endpoint, count) in source.requestsByEndpoint.sorted(by: { $0.key < $1.key }) {
          json.key(of: endpoint)
          json.integer(count)
        }
      }
      json.key("issues")
      json.array { json in for issue in source.issues { json.issue(issue) } }
    }
  }

  private mutating func issue(_ issue: SourceIssue) {
    object { json in
      json.field("code", issue.code)
      json.field("call", issue.call)
      json.field("page", issue.page)
      json.field("status", issue.status)
      json.field("message", issue.message)
      json.field("remedy", issue.remedy)
      json.field("affects", issue.affects.rawValue)
    }
  }

  /// Writes a member as the status format has it.
  mutating func member(_ status: MemberStatus, _ names: inout FindingNames) {
    object { json in
      json.memberFields(status, &names)
    }
  }

  /// Writes the keys of a member into an object that is open.
  mutating func memberFields(_ status: MemberStatus, _ names: inout FindingNames) {
    let record = status.record
    let door = record.judgement.deciding
    field("team", record.team)
    field("email", record.email)
    field("role", record.role.rawValue)
    field("sso", record.sso.rawValue)
    field("platform_mfa", record.platformMFA.rawValue)
    field("verdict", record.verdict.rawValue)
    field("provider", record.provider)
    field("reason", record.reason)
    field("witness", record.witness)
    field("enrolled", record.enrolled.text)
    key("factors")
    strings(record.factors.names)
    key("exempt")
    exemption(record.isExempt ? record.exemption : nil)
    key("findings")
    strings(names.kinds(of: record.findings).map(\.rawValue))
    field("observed_at", status.observedAt)
    field("since", record.since)
    field("stale", status.isStale)
    field("name", record.name)
    field("app", door?.app)
    field("reason_code", door?.code.rawValue)
    key("witness_context")
    context(door?.witnessContext ?? [])
    field("standing", record.standing.rawValue)
    field("held", record.isHeld)
    key("remedies")
    array { json in
      for (kind, remedy) in Remedy.all(for: status) {
        json.object { json in
          json.field("finding", kind.rawValue)
          json.remedyFields(remedy)
        }
      }
    }
  }

  /// Writes the keys of a remedy into an object that is open.
  mutating func remedyFields(_ remedy: Remedy) {
    field("by", remedy.owner.rawValue)
    field("text", remedy.text)
    key("commands")
    strings(remedy.commands)
  }

  private mutating func exemption(_ exemption: Exemption?) {
    guard let exemption else {
      null()
      return
    }
    object { json in
      json.field("reason", exemption.reason)
      json.field("approved_by", exemption.approvedBy)
      json.field("until", exemption.until)
    }
  }

  /// Writes a witness variable by variable.
  mutating func context(_ facts: [ContextFact]) {
    array { json in
      for fact in facts {
        json.object { json in
          json.field("name", fact.name)
          json.field("value", fact.value)
        }
      }
    }
  }

  /// Writes the figures of the headline under their public names.
  public mutating func headcount(_ headcount: Headcount) {
    object { json in
      for (name, count) in headcount.figures {
        json.key(of: name)
        json.integer(count)
      }
    }
  }

  fileprivate mutating func summary(_ summary: StatusReport.Summary, _ headcount: Headcount) {
    object { json in
      json.field("members", summary.members)
      json.field("enforced", summary.verdicts[.enforced] ?? 0)
      json.field("enforced-conditionally", summary.verdicts[.enforcedConditionally] ?? 0)
      json.field("not-enforced", summary.verdicts[.notEnforced] ?? 0)
      json.field("cannot-tell", summary.verdicts[.cannotTell] ?? 0)
      json.field("not-evaluated", summary.verdicts[.notEvaluated] ?? 0)
      json.field("exempt", summary.exempt)
      json.key("findings")
      json.object { json in
        for kind in FindingKind.allCases {
          guard let count = summary.findings[kind] else { continue }
          json.key(of: kind.rawValue)
          json.integer(count)
        }
      }
      json.key("headcount")
      json.headcount(headcount)
      json.field("headline", headcount.sentence)
    }
  }
}
