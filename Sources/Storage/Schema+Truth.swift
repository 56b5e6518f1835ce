internal import GRDB

extension Schema {
  /// How old each verdict is, by everything it rests on; who is who; what is told beside findings.
  static func registerTruth(in migrator: inout DatabaseMigrator) {
    migrator.registerMigration("truth-1") { database in
      for sql in [versions, members, readings, notices] { try database.execute(sql: sql) }
      try database.execute(sql: guarding("team_readings"))
      try database.execute(sql: guarding("notices"))
    }
    // Rebuilt: a message may tell of a source or of a held run, and of no member.
    migrator.registerMigration("outbox-2") { database in try database.execute(sql: outbox) }
    // Why a run failed, and whether it was cut: a killed one says nothing itself, the next one says it of it.
    migrator.registerMigration("runs-2") { database in
      try database.execute(
        sql: """
          ALTER TABLE runs ADD COLUMN reason TEXT;
          ALTER TABLE runs ADD COLUMN is_interrupted INTEGER NOT NULL DEFAULT 0
            CHECK (is_interrupted IN (0, 1));
          """)
    }
  }

  private static let versions = """
    ALTER TABLE member_versions ADD COLUMN accounts TEXT;
    ALTER TABLE member_versions ADD COLUMN kept_from INTEGER;
    ALTER TABLE member_versions ADD COLUMN is_held INTEGER NOT NULL DEFAULT 0
      CHECK (is_held IN (0, 1));
    """

  /// `user_id` is the roster's own id of the person; a gap is a member, not exempt, who is not known to be asked for MFA.
  private static let members = """
    ALTER TABLE members ADD COLUMN user_id TEXT;
    ALTER TABLE members ADD COLUMN is_gap INTEGER NOT NULL DEFAULT 0 CHECK (is_gap IN (0, 1));
    UPDATE members SET
      user_id = (SELECT v.platform_user_id FROM member_versions v WHERE v.id = version_id),
      is_gap = is_present = 1 AND is_exempt = 0 AND EXISTS (
        SELECT 1 FROM member_versions v JOIN judgements j ON j.id = v.judgement_id
        WHERE v.id = version_id
          AND (j.verdict = 'not-enforced' OR j.verdict = 'cannot-tell'
            OR j.verdict = 'enforced-conditionally'));
    UPDATE teams SET open_gaps = (
      SELECT count(*) FROM members m WHERE m.team_id = teams.id AND m.is_gap = 1);
    """

  /// How a source was read for a team: to its end, in part, or not at all, and when it last gave something to judge by.
  private static let readings = """
    CREATE TABLE team_readings (
      team TEXT NOT NULL,
      source TEXT NOT NULL,
      role TEXT NOT NULL CHECK (role = 'roster' OR role = 'provider'),
      run INTEGER NOT NULL REFERENCES runs (seq),
      at INTEGER NOT NULL,
      quality TEXT NOT NULL
        CHECK (quality = 'complete' OR quality = 'partial' OR quality = 'failed'),
      last_sound_at INTEGER CHECK (quality = 'failed' OR last_sound_at = at),
      PRIMARY KEY (team, source, role, run)
    ) STRICT, WITHOUT ROWID;
    """

  private static let notices = """
    CREATE TABLE notices (
      run INTEGER NOT NULL REFERENCES runs (seq),
      team_id INTEGER NOT NULL REFERENCES teams (id),
      position INTEGER NOT NULL,
      kind TEXT NOT NULL
        CHECK (kind = 'source-failed' OR kind = 'source-recovered' OR kind = 'run-held'),
      subject TEXT NOT NULL,
      message TEXT NOT NULL,
      remedy TEXT NOT NULL,
      PRIMARY KEY (run, team_id, position)
    ) STRICT, WITHOUT ROWID;
    """

  private static let outbox = """
    CREATE TABLE outbox_2 (
      id TEXT PRIMARY KEY,
      run INTEGER NOT NULL REFERENCES runs (seq),
      team_id INTEGER NOT NULL REFERENCES teams (id),
      channel TEXT NOT NULL,
      part INTEGER NOT NULL CHECK (part >= 0),
      minimum_severity TEXT NOT NULL
        CHECK (minimum_severity = 'low' OR minimum_severity = 'medium'
          OR minimum_severity = 'high' OR minimum_severity = 'critical'),
      first_version INTEGER REFERENCES member_versions (id),
      last_version INTEGER REFERENCES member_versions (id)
        CHECK ((last_version IS NULL) = (first_version IS NULL) AND last_version >= first_version),
      opened_in_run INTEGER NOT NULL, resolved_in_run INTEGER NOT NULL,
      open_gaps INTEGER NOT NULL, members INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
      next_attempt_at INTEGER NOT NULL,
      delivered_at INTEGER,
      last_error TEXT,
      UNIQUE (run, team_id, channel, part)
    ) STRICT;
    INSERT INTO outbox_2 SELECT id, run, team_id, channel, part, minimum_severity, first_version,
      last_version, opened_in_run, resolved_in_run, open_gaps, members, created_at, attempts,
      next_attempt_at, delivered_at, last_error FROM outbox;
    DROP TABLE outbox;
    ALTER TABLE outbox_2 RENAME TO outbox;
    CREATE INDEX outbox_due ON outbox (next_attempt_at) WHERE delivered_at IS NULL;
    """
}
