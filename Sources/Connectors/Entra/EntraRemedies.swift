internal import ConnectorKit
internal import IdentityCore

extension EntraConfiguration {
  /// What to do about a call that Entra ID refused.
  func remedy(for error: ConnectorError) -> String {
    switch error.code {
    case .forbidden:
      let right = Self.permission(error.call)
      if error.vendorCode?.hasPrefix("Authentication_RequestFromNonPremium") == true {
        return
          "Grant Directory.Read.All; if the tenant has no Entra ID P1, set conditional_access: none."
      }
      let grant =
        "Grant the registered application \(right) as an application permission, with consent"
      return grant
        + (error.call.contains("/domains")
          ? ", or set federation: none if no domain is federated."
          : error.call.contains("ligibilityScheduleInstances")
            ? ", or set privileged_access: none if nobody is eligible for roles or groups." : ".")
    case .unauthorised:
      switch credentials {
      case .secret: return "Check tenant, client id and client secret of \(name)."
      case .certificate:
        return "Check tenant and client id of \(name), and that the certificate is registered."
      }
    case .notFound: return "Check the id in the configuration or policy, and the URL of \(name)."
    case .configuration:
      return error.call.hasSuffix("/oauth2/v2.0/token")
        ? "Give certificate and private key as PEM: RSA of 2048 bits or more."
        : "Use https, or an address on loopback."
    default: return "Check the URL of \(name), and run again."
    }
  }

  /// The application permission that a call needs.
  static func permission(_ call: String) -> String {
    let families = [
      ("/privilegedAccess/", "PrivilegedEligibilitySchedule.Read.AzureADGroup"),
      ("/authentication/requirements", "Policy.Read.All"), ("/identity/", "Policy.Read.All"),
      ("/policies/", "Policy.Read.All"), ("/reports/", "AuditLog.Read.All"),
      ("/roleManagement/", "RoleManagement.Read.Directory"),
      ("/servicePrincipals", "Application.Read.All"), ("/groups", "GroupMember.Read.All"),
      ("/domains", "Domain.Read.All"), ("/users", "User.Read.All"),
    ]
    return families.first { call.contains($0.0) }?.1 ?? "Directory.Read.All"
  }
}
