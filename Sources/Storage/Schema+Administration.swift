internal import GRDB

extension Schema {
  /// Teams whose system of record this store is, and the history of attempts to change any team.
  static func registerAdministration(in migrator: inout DatabaseMigrator) {
    migrator.registerMigration("administration-1") { database in
      for sql in [localTeams, localRules, attempts] { try database.execute(sql: sql) }
    }
  }

  /// `sequence` counts a team's changes, so that who came before a lock can be told from who came after.
  private static let localTeams = """
    CREATE TABLE local_teams (
      name TEXT PRIMARY KEY,
      sequence INTEGER NOT NULL DEFAULT 0
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE local_members (
      team TEXT NOT NULL REFERENCES local_teams (name),
      key TEXT NOT NULL,
      email TEXT NOT NULL,
      role TEXT NOT NULL CHECK (role IN ('admin', 'member', 'viewer')),
      sequence INTEGER NOT NULL,
      PRIMARY KEY (team, key)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX local_members_admins ON local_members (team) WHERE role = 'admin';

    CREATE TABLE local_apps (
      name TEXT PRIMARY KEY,
      team TEXT NOT NULL REFERENCES local_teams (name),
      locked_sequence INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX local_apps_team ON local_apps (team);

    CREATE TABLE local_access (
      app TEXT NOT NULL REFERENCES local_apps (name),
      key TEXT NOT NULL,
      email TEXT NOT NULL,
      permissions INTEGER NOT NULL CHECK (permissions BETWEEN 1 AND 15 AND permissions & 1 = 1),
      PRIMARY KEY (app, key)
    ) STRICT, WITHOUT ROWID;
    """

  /// A team with people on it has an admin, whoever writes.
  private static let localRules = """
    CREATE TRIGGER local_members_first BEFORE INSERT ON local_members
      WHEN NEW.role <> 'admin' AND NOT EXISTS (
        SELECT 1 FROM local_members WHERE team = NEW.team AND role = 'admin')
      BEGIN SELECT RAISE(ABORT, 'a team keeps at least one admin'); END;
    CREATE TRIGGER local_members_demotion BEFORE UPDATE ON local_members
      WHEN OLD.role = 'admin' AND (NEW.role <> 'admin' OR NEW.team <> OLD.team) AND NOT EXISTS (
        SELECT 1 FROM local_members WHERE team = OLD.team AND role = 'admin' AND key <> OLD.key)
      BEGIN SELECT RAISE(ABORT, 'a team keeps at least one admin'); END;
    CREATE TRIGGER local_members_removal BEFORE DELETE ON local_members
      WHEN OLD.role = 'admin' AND NOT EXISTS (
        SELECT 1 FROM local_members WHERE team = OLD.team AND role = 'admin' AND key <> OLD.key)
      BEGIN SELECT RAISE(ABORT, 'a team keeps at least one admin'); END;
    """

  /// An attempt is written before the platform is asked; without an outcome nobody knows what became of it.
  private static let attempts = """
    CREATE TABLE administration_attempts (
      id INTEGER PRIMARY KEY,
      at INTEGER NOT NULL,
      actor TEXT NOT NULL,
      command TEXT NOT NULL,
      source TEXT NOT NULL,
      team TEXT NOT NULL,
      app TEXT,
      key TEXT,
      email TEXT,
      text TEXT NOT NULL,
      before TEXT NOT NULL
    ) STRICT;
    CREATE INDEX administration_attempts_key ON administration_attempts (key) WHERE key IS NOT NULL;

    CREATE TABLE administration_outcomes (
      attempt INTEGER PRIMARY KEY REFERENCES administration_attempts (id),
      at INTEGER NOT NULL,
      outcome TEXT NOT NULL CHECK (outcome IN ('done', 'unchanged', 'refused', 'failed', 'unknown')),
      after TEXT NOT NULL,
      request_id TEXT,
      detail TEXT NOT NULL
    ) STRICT;

    CREATE TRIGGER administration_attempts_update BEFORE UPDATE ON administration_attempts
      BEGIN SELECT RAISE(ABORT, 'administration_attempts is append-only'); END;
    CREATE TRIGGER administration_attempts_delete BEFORE DELETE ON administration_attempts
      BEGIN SELECT RAISE(ABORT, 'administration_attempts is append-only'); END;
    CREATE TRIGGER administration_outcomes_update BEFORE UPDATE ON administration_outcomes
      BEGIN SELECT RAISE(ABORT, 'administration_outcomes is append-only'); END;
    CREATE TRIGGER administration_outcomes_delete BEFORE DELETE ON administration_outcomes
      BEGIN SELECT RAISE(ABORT, 'administration_outcomes is append-only'); END;
    """
}
