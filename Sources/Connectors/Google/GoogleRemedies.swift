internal import ConnectorKit
internal import IdentityCore

extension GoogleConfiguration {
  /// What to do about a call that Google refused.
  func remedy(for error: ConnectorError) -> String {
    if let common = error.code.remedy { return common }
    switch (error.code, error.vendorCode) {
    case (_, "unauthorized_client"?):
      return
        "Authorise the service account's client id for the scopes in Admin console > Security > API controls > Domain-wide delegation."
    case (_, "invalid_grant"?):
      return
        "Check the clock, that the administrator of \(name) exists and is not suspended, and that the key is not revoked."
    case (_, "access_denied"?):
      return "Let the service account through the account's API access control."
    case (.forbidden, "SERVICE_DISABLED"?), (.forbidden, "accessNotConfigured"?):
      return "Enable \(Self.service(error.call)) in the service account's Cloud project."
    case (.forbidden, _) where error.call.contains("/policies"):
      return "Name a super administrator as policy_subject of \(name), or leave it out."
    case (.forbidden, _):
      return
        "Delegate \(Self.scope(error.call)) to the service account, and give its administrator the right to read it."
    case (.unauthorised, _):
      return "Put a valid key of the service account into the configuration of \(name)."
    case (.notFound, _): return "Check the customer and the URL of \(name)."
    case (.configuration, _):
      return error.call == GoogleAssertion.call
        ? "Give service_account the JSON key file as Google Cloud gave it out."
        : "Use https, or an address on loopback."
    default: return "Check the URL of \(name), and run again."
    }
  }

  /// The same as a phrase, for a model or an application that cannot be judged.
  func phrase(for error: ConnectorError) -> String {
    Sentence.inside(remedy(for: error))
  }

  /// The scope that a call needs, without its common beginning.
  static func scope(_ call: String) -> String {
    let families = [
      ("/orgunits", "admin.directory.orgunit.readonly"),
      ("/groups", "admin.directory.group.readonly"),
      ("/users", "admin.directory.user.readonly"),
      ("/inbound", "cloud-identity.inboundsso.readonly"),
      ("/policies", "cloud-identity.policies.readonly"),
    ]
    return families.first { call.contains($0.0) }?.1 ?? "the scopes of the example configuration"
  }

  private static func service(_ call: String) -> String {
    call.contains("/directory/") ? "the Admin SDK API" : "the Cloud Identity API"
  }
}

extension ConnectorError {
  /// A refusal of quota that outlasted all patience, by its right name.
  var namingGoogleQuota: ConnectorError {
    guard code == .forbidden, let word = vendorCode, GoogleConnector.quotaReasons.contains(word)
    else { return self }
    return ConnectorError(
      .rateLimited, source: source, call: call, page: page, status: status, vendorCode: word,
      message: "Google's quota for \(call) is used up (\(status ?? 403), \(word)).",
      request: request, cause: cause)
  }
}
