internal import GRDB
internal import IdentityCore

/// The tables, as migrations: appended, never edited, never erasing history.
///
/// Moments are milliseconds since 1970, UTC. Keys compare by bytes. What is history is append-only by trigger. Lists of
/// allowed words are spelt with OR: for `IN`, SQLite would make a temporary table at every insertion.
enum Schema {
  /// Marks the file as a store of idsync: `IDSY`.
  static let applicationID: Int32 = 0x4944_5359

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { database in
      try database.execute(sql: "PRAGMA application_id = \(applicationID)")
      for sql in [state, runs, members, findings, outbox, plans, pages] {
        try database.execute(sql: sql)
      }
      for name in appendOnly { try database.execute(sql: guarding(name)) }
      for (bit, kind) in kinds.enumerated() {
        try database.execute(
          sql: "INSERT INTO finding_kinds (bit, name) VALUES (?, ?)", arguments: [bit, kind])
      }
    }
    registerAdministration(in: &migrator)
    migrator.registerMigration("findings-2") { database in
      try database.execute(sql: "DROP VIEW findings; \(currentFindings)")
    }
    registerTruth(in: &migrator)
    registerSeals(in: &migrator)
    return migrator
  }

  /// The kinds of findings by bit; a kind that is added to the core is appended by a migration of its own.
  private static let kinds = [
    "mfa-not-enforced", "no-mfa", "outside-sso", "mfa-conditional", "cannot-tell",
    "deprovisioned-at-idp", "not-in-idp", "not-assigned", "ambiguous-identity", "not-enrolled",
    "weak-factors-only", "exemption-expiring", "exemption-expired", "stale", "last-admin",
  ]

  private static let state = """
    CREATE TABLE meta (
      name TEXT PRIMARY KEY,
      value INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    INSERT INTO meta (name, value) VALUES ('state_version', 0);

    CREATE TABLE finding_kinds (
      bit INTEGER PRIMARY KEY CHECK (bit BETWEEN 0 AND 31),
      name TEXT NOT NULL UNIQUE
    ) STRICT;

    CREATE TABLE teams (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      roster_source TEXT NOT NULL,
      members INTEGER NOT NULL DEFAULT 0 CHECK (members >= 0),
      open_gaps INTEGER NOT NULL DEFAULT 0 CHECK (open_gaps >= 0)
    ) STRICT;
    """

  /// A run is `open` only inside its own transaction; its versions are those from first to last.
  private static let runs = """
    CREATE TABLE runs (
      seq INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      started_at INTEGER NOT NULL,
      finished_at INTEGER NOT NULL,
      outcome TEXT NOT NULL CHECK (
        outcome = 'open' OR outcome = 'committed' OR outcome = 'held' OR outcome = 'failed'
          OR outcome = 'applied'),
      added INTEGER NOT NULL, changed INTEGER NOT NULL, removed INTEGER NOT NULL,
      opened INTEGER NOT NULL, resolved INTEGER NOT NULL,
      first_version INTEGER NOT NULL,
      last_version INTEGER NOT NULL CHECK (last_version >= first_version - 1)
    ) STRICT;
    CREATE TRIGGER runs_update BEFORE UPDATE ON runs WHEN OLD.outcome <> 'open'
      BEGIN SELECT RAISE(ABORT, 'runs is append-only'); END;
    CREATE TRIGGER runs_delete BEFORE DELETE ON runs
      BEGIN SELECT RAISE(ABORT, 'runs is append-only'); END;

    CREATE TABLE readings (
      run INTEGER NOT NULL REFERENCES runs (seq),
      position INTEGER NOT NULL,
      name TEXT NOT NULL,
      kind TEXT NOT NULL,
      fetched INTEGER NOT NULL, declared INTEGER,
      requests INTEGER NOT NULL, requests_by_endpoint TEXT NOT NULL,
      bytes INTEGER NOT NULL,
      started_at INTEGER NOT NULL, observed_at INTEGER NOT NULL,
      is_complete INTEGER NOT NULL CHECK (is_complete IN (0, 1)),
      issues TEXT NOT NULL,
      PRIMARY KEY (run, position)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE source_attempts (
      source TEXT NOT NULL,
      scope TEXT NOT NULL,
      run INTEGER NOT NULL REFERENCES runs (seq),
      at INTEGER NOT NULL,
      is_complete INTEGER NOT NULL CHECK (is_complete IN (0, 1)),
      last_complete_at INTEGER CHECK (is_complete = 0 OR last_complete_at = at),
      issues TEXT NOT NULL,
      PRIMARY KEY (source, scope, run)
    ) STRICT, WITHOUT ROWID;
    """

  /// `member_versions` holds every state a member ever had, chained by `previous`; `members` points at the last
  /// one of everybody who is or was on a team.
  private static let members = """
    CREATE TABLE judgements (
      id INTEGER PRIMARY KEY,
      digest INTEGER NOT NULL,
      verdict TEXT NOT NULL,
      body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX judgements_digest ON judgements (digest);

    CREATE TABLE member_versions (
      id INTEGER PRIMARY KEY,
      run INTEGER NOT NULL REFERENCES runs (seq),
      team_id INTEGER NOT NULL REFERENCES teams (id),
      previous INTEGER REFERENCES member_versions (id) CHECK (previous < id),
      kind TEXT NOT NULL CHECK (kind = 'added' OR kind = 'changed' OR kind = 'removed'),
      opened INTEGER NOT NULL,
      resolved INTEGER NOT NULL CHECK (opened & resolved = 0),
      findings INTEGER NOT NULL CHECK (findings & resolved = 0 AND findings & opened = opened),
      is_exempt INTEGER NOT NULL CHECK (is_exempt IN (0, 1)),
      is_pending INTEGER NOT NULL CHECK (is_pending IN (0, 1)),
      enrolled INTEGER NOT NULL CHECK (enrolled BETWEEN 0 AND 2),
      factors INTEGER NOT NULL,
      judgement_id INTEGER NOT NULL REFERENCES judgements (id),
      true_at INTEGER NOT NULL,
      since INTEGER NOT NULL,
      key TEXT NOT NULL,
      email TEXT NOT NULL,
      name TEXT,
      role TEXT NOT NULL,
      sso TEXT NOT NULL
        CHECK (sso = 'enabled' OR sso = 'disabled' OR sso = 'unavailable' OR sso = 'unknown'),
      platform_mfa TEXT NOT NULL
        CHECK (platform_mfa = 'enabled' OR platform_mfa = 'disabled'
          OR platform_mfa = 'not-applicable' OR platform_mfa = 'unknown'),
      platform_user_id TEXT,
      provider TEXT,
      account_id TEXT,
      exemption TEXT,
      fields TEXT
    ) STRICT;

    CREATE TABLE members (
      team_id INTEGER NOT NULL REFERENCES teams (id),
      key TEXT NOT NULL,
      version_id INTEGER NOT NULL REFERENCES member_versions (id),
      fingerprint INTEGER NOT NULL,
      is_present INTEGER NOT NULL CHECK (is_present IN (0, 1)),
      is_admin INTEGER NOT NULL CHECK (is_admin IN (0, 1) AND is_admin <= is_present),
      is_exempt INTEGER NOT NULL CHECK (is_exempt IN (0, 1)),
      findings INTEGER NOT NULL CHECK (is_present = 1 OR findings = 0),
      PRIMARY KEY (team_id, key)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX members_admins ON members (team_id, key) WHERE is_admin = 1;
    """

  /// Open findings, one at most for member and kind; an ended one moves to `resolved_findings`.
  private static let findings = """
    CREATE TABLE open_findings (
      team_id INTEGER NOT NULL,
      key TEXT NOT NULL,
      kind INTEGER NOT NULL REFERENCES finding_kinds (bit),
      opened_version INTEGER NOT NULL REFERENCES member_versions (id),
      PRIMARY KEY (team_id, key, kind),
      FOREIGN KEY (team_id, key) REFERENCES members (team_id, key)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE resolved_findings (
      team_id INTEGER NOT NULL,
      key TEXT NOT NULL,
      kind INTEGER NOT NULL REFERENCES finding_kinds (bit),
      opened_version INTEGER NOT NULL REFERENCES member_versions (id),
      resolved_version INTEGER NOT NULL REFERENCES member_versions (id)
        CHECK (resolved_version > opened_version),
      PRIMARY KEY (team_id, key, kind, opened_version),
      FOREIGN KEY (team_id, key) REFERENCES members (team_id, key)
    ) STRICT, WITHOUT ROWID;

    CREATE VIEW findings AS
      SELECT t.name AS team, o.email AS email, k.name AS kind,
        json_extract(j.body, '$.doors[0].reason') AS reason,
        json_extract(j.body, '$.doors[0].witness') AS witness,
        opening.id AS opened_run, opening.finished_at AS opened_at,
        ending.id AS resolved_run, ending.finished_at AS resolved_at
      FROM (
        SELECT team_id, key, kind, opened_version, NULL AS resolved_version FROM open_findings
        UNION ALL
        SELECT team_id, key, kind, opened_version, resolved_version FROM resolved_findings
      ) f
      JOIN teams t ON t.id = f.team_id
      JOIN finding_kinds k ON k.bit = f.kind
      JOIN member_versions o ON o.id = f.opened_version
      JOIN judgements j ON j.id = o.judgement_id
      JOIN runs opening ON opening.seq = o.run
      LEFT JOIN member_versions r ON r.id = f.resolved_version
      LEFT JOIN runs ending ON ending.seq = r.run;
    """

  /// The same with the reason and way in of an open finding as they are now, and whether the member is exempt.
  private static let currentFindings = """
    CREATE VIEW findings AS
      SELECT t.name AS team, v.email AS email, k.name AS kind,
        json_extract(j.body, '$.doors[0].reason') AS reason,
        json_extract(j.body, '$.doors[0].witness') AS witness,
        opening.id AS opened_run, opening.finished_at AS opened_at,
        ending.id AS resolved_run, ending.finished_at AS resolved_at, v.is_exempt AS exempt
      FROM (
        SELECT o.team_id, o.kind, o.opened_version, NULL AS resolved_version, m.version_id AS shown
        FROM open_findings o JOIN members m ON m.team_id = o.team_id AND m.key = o.key
        UNION ALL
        SELECT team_id, kind, opened_version, resolved_version, opened_version FROM resolved_findings
      ) f
      JOIN teams t ON t.id = f.team_id
      JOIN finding_kinds k ON k.bit = f.kind
      JOIN member_versions v ON v.id = f.shown
      JOIN judgements j ON j.id = v.judgement_id
      JOIN member_versions o ON o.id = f.opened_version
      JOIN runs opening ON opening.seq = o.run
      LEFT JOIN member_versions r ON r.id = f.resolved_version
      LEFT JOIN runs ending ON ending.seq = r.run;
    """

  private static let outbox = """
    CREATE TABLE outbox (
      id TEXT PRIMARY KEY,
      run INTEGER NOT NULL REFERENCES runs (seq),
      team_id INTEGER NOT NULL REFERENCES teams (id),
      channel TEXT NOT NULL,
      part INTEGER NOT NULL CHECK (part >= 0),
      minimum_severity TEXT NOT NULL
        CHECK (minimum_severity = 'low' OR minimum_severity = 'medium'
          OR minimum_severity = 'high' OR minimum_severity = 'critical'),
      first_version INTEGER NOT NULL REFERENCES member_versions (id),
      last_version INTEGER NOT NULL REFERENCES member_versions (id)
        CHECK (last_version >= first_version),
      opened_in_run INTEGER NOT NULL, resolved_in_run INTEGER NOT NULL,
      open_gaps INTEGER NOT NULL, members INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
      next_attempt_at INTEGER NOT NULL,
      delivered_at INTEGER,
      last_error TEXT,
      UNIQUE (run, team_id, channel, part)
    ) STRICT;
    CREATE INDEX outbox_due ON outbox (next_attempt_at) WHERE delivered_at IS NULL;
    """

  private static let plans = """
    CREATE TABLE plans (
      seq INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      base_version INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      run TEXT NOT NULL,
      note TEXT NOT NULL,
      changes INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE plan_changes (
      plan INTEGER NOT NULL REFERENCES plans (seq) ON DELETE CASCADE,
      position INTEGER NOT NULL,
      judgement_id INTEGER NOT NULL REFERENCES judgements (id),
      body TEXT NOT NULL,
      PRIMARY KEY (plan, position)
    ) STRICT, WITHOUT ROWID;
    """

  private static let pages = """
    CREATE TABLE page_cache (
      seq INTEGER PRIMARY KEY,
      key TEXT NOT NULL UNIQUE,
      etag TEXT,
      last_modified TEXT,
      stored_at INTEGER NOT NULL,
      headers BLOB NOT NULL,
      body BLOB NOT NULL
    ) STRICT;

    CREATE TABLE cursors (
      name TEXT PRIMARY KEY,
      value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    """

  /// The tables that are history.
  private static let appendOnly = [
    "readings", "source_attempts", "judgements", "member_versions", "resolved_findings",
  ]

  static func guarding(_ table: String) -> String {
    """
    CREATE TRIGGER \(table)_update BEFORE UPDATE ON \(table)
      BEGIN SELECT RAISE(ABORT, '\(table) is append-only'); END;
    CREATE TRIGGER \(table)_delete BEFORE DELETE ON \(table)
      BEGIN SELECT RAISE(ABORT, '\(table) is append-only'); END;
    """
  }
}
