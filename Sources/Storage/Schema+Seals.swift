internal import GRDB

extension Schema {
  /// What finds rows that became other ones on the disk; rows from before have no seal.
  static func registerSeals(in migrator: inout DatabaseMigrator) {
    migrator.registerMigration("seals-1") { database in
      for table in ["judgements", "member_versions", "members", "teams", "runs", "team_readings"] {
        try database.execute(sql: "ALTER TABLE \(table) ADD COLUMN seal INTEGER")
      }
    }
  }
}
