internal import Foundation

/// The configuration that `idsync init` writes.
public enum StarterConfiguration {
  /// Writes the starter, readable by its owner only.
  ///
  /// - Throws: ``WorkerError`` with `.badInput` where there is a file already, `.notPermitted` where none can be written.
  public static func write(to path: String) throws(WorkerError) {
    guard !FileManager.default.fileExists(atPath: path) else {
      throw WorkerError(.badInput, "\(path) is there already; it is left as it is.")
    }
    guard
      FileManager.default.createFile(
        atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
    else {
      throw WorkerError(.notPermitted, "\(path) cannot be written.")
    }
  }

  /// The text of the starter.
  public static let text = """
    # idsync: who can get into a team without MFA, and how do you know?
    # Secrets never stand here: env:NAME, file:PATH (mode 600) or command:...

    store: sqlite:idsync.db

    sources:
      heroku:
        kind: heroku
        token: env:HEROKU_API_KEY        # heroku authorizations:create -s read
      okta:
        kind: okta
        url: https://YOUR-ORG.okta.com
        token: env:OKTA_API_TOKEN        # or client_id, private_key, key_id of a service app

    teams:
      YOUR-TEAM:
        roster: heroku
        sign_in:
          - { provider: okta, app: OKTA-APP-ID }   # the id of the Heroku app at Okta, 0oa...

    policy:
      stale_after: 72h
      deadline: 30m
      guard: { max_changed: 20%, at_least: 5 }

    # alerts:
    #   admins:
    #     kind: email
    #     server: smtp://mail.example.com:587
    #     from: idsync@example.com
    #     to: [team-admins, security@example.com]
    #     severity: medium

    # reports:
    #   - { format: html, output: access.html }

    """
}
