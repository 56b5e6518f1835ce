internal import IdentityCore

/// Who the users of an account are: IAM knows names, platforms know addresses.
struct IAMPeople {
  /// A user and the addresses that name the person.
  struct Person {
    var user: IAMCredentialReport.User
    var email: String?
    var aliases: [String]
    /// Whether the report has the user; it may be four hours old.
    var isReported = true
  }

  let configuration: IAMConfiguration
  let report: IAMCredentialReport
  let summary: IAMRun.Summary
  let principals: IAMPrincipals?

  /// The root user; nil where the report has none.
  var root: IAMCredentialReport.User? { report.users.first(where: \.isRoot).map(root) }

  /// The users that may belong to watched people.
  func kept(_ watch: WatchList) -> [Person] {
    (report.users.map(person) + newcomers).filter { person in
      watch.keeps(
        id: person.user.arn,
        names: [person.user.name] + [person.email].compactMap { $0 } + person.aliases)
    }
  }

  /// The users that the list has and the report has not: they were made since.
  private var newcomers: [Person] {
    let reported = Set(report.users.map(\.name))
    return (principals?.all ?? []).filter { !reported.contains($0.name) }.map { user in
      var made = person(
        IAMCredentialReport.User(
          name: user.name, arn: user.arn, hasPassword: nil, hasDevice: nil, hasActiveKey: false))
      made.isReported = false
      return made
    }
  }

  private func person(_ user: IAMCredentialReport.User) -> Person {
    if user.isRoot {
      return Person(user: root(user), email: configuration.rootEmail, aliases: [])
    }
    var addresses: [String] = []
    if let tag = configuration.emailTag, let value = principals?.tag(tag, of: user.name),
      !value.isEmpty
    {
      addresses.append(value)
    }
    if user.name.contains("@") {
      addresses.append(user.name)
    } else if let domain = configuration.emailDomain {
      addresses.append("\(user.name)@\(domain)")
    }
    return Person(user: user, email: addresses.first, aliases: Array(addresses.dropFirst()))
  }

  /// The root user with what the summary knows better; the report may be four hours old.
  private func root(_ user: IAMCredentialReport.User) -> IAMCredentialReport.User {
    var root = user
    // A device counts when all that say anything say so.
    if summary.rootHasDevice == false || root.hasDevice == nil {
      root.hasDevice = summary.rootHasDevice
    }
    if summary.rootHasKey == true { root.hasActiveKey = true }
    if summary.rootHasPassword == true || root.hasPassword == nil {
      root.hasPassword = summary.rootHasPassword
    }
    return root
  }
}
