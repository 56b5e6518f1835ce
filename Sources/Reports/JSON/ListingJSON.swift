import IdentityCore

extension JSONWriter {
  /// Writes `idsync.findings/1`.
  mutating func listing(of findings: [Finding]) throws {
    try rows("idsync.findings/1", "findings", findings) { json, finding in
      json.finding(finding)
    }
  }

  /// Writes `idsync.history/1`.
  mutating func listing(of entries: [HistoryEntry]) throws {
    try rows("idsync.history/1", "entries", entries) { $0.entry($1) }
  }

  /// Writes `idsync.history/1` with the attempts to change teams.
  mutating func listing(of entries: [HistoryEntry], _ attempts: [AdministrationEntry]) throws {
    try object { json in
      json.field("schema", "idsync.history/1")
      json.line(1)
      json.key("entries")
      try json.rows(entries) { $0.entry($1) }
      json.line(1)
      json.key("administration")
      try json.rows(attempts) { $0.attempt($1) }
      json.line(0)
    }
  }

  /// Writes `idsync.runs/1`.
  mutating func listing(of runs: [RunRecord]) throws {
    try rows("idsync.runs/1", "runs", runs) { json, run in json.run(run) }
  }

  /// Writes `idsync.alerts/1`.
  mutating func listing(of messages: [AlertMessage]) throws {
    try rows("idsync.alerts/1", "alerts", messages) { json, message in
      json.object { json in
        json.field("id", message.id)
        json.field("channel", message.channel)
        json.field("run", message.runID)
        json.field("team", message.team)
        json.field("part", message.part)
        json.field("created_at", message.createdAt)
        json.field("attempts", message.attempts)
        json.field("state", message.state.rawValue)
        json.field("next_attempt_at", message.state == .waiting ? message.nextAttemptAt : nil)
        json.field("delivered_at", message.deliveredAt)
        json.field("last_error", message.lastError)
      }
    }
  }

  /// Writes `idsync.explain/1`: the member as in the status, then every door and finding.
  mutating func explanation(_ explanation: Explanation) throws {
    var names = FindingNames()
    object { json in
      json.field("schema", "idsync.explain/1")
      json.line(1)
      json.key("member")
      json.member(explanation.status, &names)
      json.line(1)
      json.key("doors")
      json.array { json in
        for door in explanation.status.record.judgement.doors {
          json.line(2)
          json.door(door)
        }
      }
      json.line(1)
      json.key("findings")
      json.array { json in
        for finding in explanation.findings {
          json.line(2)
          json.finding(finding)
        }
      }
      json.line(1)
      json.key("run")
      if let run = explanation.run { json.run(run) } else { json.null() }
      json.line(1)
      json.field("generated_at", explanation.generatedAt)
      json.line(0)
    }
  }

  // MARK: Parts

  private mutating func rows<Row>(
    _ schema: String, _ name: StaticString, _ rows: [Row],
    _ body: (inout JSONWriter, Row) throws -> Void
  ) throws {
    try object { json in
      json.field("schema", schema)
      json.line(1)
      json.key(name)
      try json.rows(rows, body)
      json.line(0)
    }
  }

  private mutating func rows<Row>(
    _ rows: [Row], _ body: (inout JSONWriter, Row) throws -> Void
  ) throws {
    try array { json in
      for row in rows {
        json.line(2)
        try body(&json, row)
        try json.drain()
      }
      if !rows.isEmpty { json.line(1) }
    }
  }

  private mutating func entry(_ entry: HistoryEntry) {
    object { json in
      json.field("run", entry.runID)
      json.field("known_at", entry.knownAt)
      json.field("true_at", entry.trueAt)
      json.field("kind", entry.kind.rawValue)
      json.field("team", entry.team)
      json.field("email", entry.email)
      json.key("fields")
      json.array { json in
        for change in entry.fields {
          json.object { json in
            json.field("name", change.name)
            json.field("before", change.before)
            json.field("after", change.after)
          }
        }
      }
      json.key("opened")
      json.strings(entry.opened.kinds.map(\.rawValue))
      json.key("resolved")
      json.strings(entry.resolved.kinds.map(\.rawValue))
    }
  }

  private mutating func attempt(_ attempt: AdministrationEntry) {
    object { json in
      json.field("at", attempt.at)
      json.field("actor", attempt.actor)
      json.field("command", attempt.command)
      json.field("source", attempt.source)
      json.field("team", attempt.team)
      json.field("app", attempt.app)
      json.field("email", attempt.email)
      json.field("text", attempt.text)
      json.field("outcome", attempt.outcome.rawValue)
      json.field("before", attempt.before)
      json.field("after", attempt.after)
      json.field("request_id", attempt.requestID)
      json.field("detail", attempt.detail)
    }
  }

  private mutating func finding(_ finding: Finding) {
    object { json in
      json.field("id", finding.id)
      json.field("team", finding.team)
      json.field("email", finding.email)
      json.field("kind", finding.kind.rawValue)
      json.field("severity", finding.severity.rawValue)
      json.field("reason", finding.reason)
      json.field("witness", finding.witness)
      json.field("exempt", finding.isExempt)
      json.field("opened_at", finding.openedAt)
      json.field("resolved_at", finding.resolvedAt)
      json.key("remedy")
      if let remedy = finding.remedy {
        json.object { $0.remedyFields(remedy) }
      } else {
        json.null()
      }
    }
  }

  private mutating func door(_ door: Door) {
    object { json in
      json.field("provider", door.provider)
      json.field("app", door.app)
      json.field("verdict", door.verdict.rawValue)
      json.field("reason_code", door.code.rawValue)
      json.field("reason", door.reason)
      json.field("witness", door.witness)
      json.key("witness_context")
      json.context(door.witnessContext)
      json.key("evidence")
      json.array { json in
        for item in door.evidence {
          json.object { json in
            json.field("kind", item.kind.rawValue)
            json.field("id", item.id)
            json.field("name", item.name)
            json.field("value", item.value)
            json.field("path", item.path)
          }
        }
      }
      json.key("inventory")
      json.array { json in
        for entry in door.inventory {
          json.object { json in
            json.field("row", entry.row)
            json.field("kind", entry.kind.rawValue)
            json.field("title", entry.title)
            json.field("provider", entry.provider)
            json.field("object", entry.object)
            json.field("version", entry.version)
            json.field("state", entry.state.rawValue)
            json.field("why", entry.why)
          }
        }
      }
    }
  }
}
