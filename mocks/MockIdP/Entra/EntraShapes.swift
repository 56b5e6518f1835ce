/// Objects as Microsoft Graph shows them.
enum EntraShapes {
  /// What a policy is when nobody says otherwise: for nobody, to nothing, asking for nothing.
  static let policy: JSON = [
    "id": "", "displayName": "", "state": "enabled", "createdDateTime": "2025-01-10T10:00:00Z",
    "modifiedDateTime": "2026-05-01T12:00:00Z", "templateId": nil, "sessionControls": nil,
    "conditions": [
      "clientAppTypes": ["all"], "signInRiskLevels": [], "userRiskLevels": [],
      "servicePrincipalRiskLevels": [], "insiderRiskLevels": nil, "platforms": nil,
      "locations": nil, "devices": nil, "authenticationFlows": nil, "clientApplications": nil,
      "times": nil,
      "applications": [
        "includeApplications": [], "excludeApplications": [], "includeUserActions": [],
        "includeAuthenticationContextClassReferences": [], "applicationFilter": nil,
      ],
      "users": [
        "includeUsers": [], "excludeUsers": [], "includeGroups": [], "excludeGroups": [],
        "includeRoles": [], "excludeRoles": [], "includeGuestsOrExternalUsers": nil,
        "excludeGuestsOrExternalUsers": nil,
      ],
    ],
    "grantControls": nil,
  ]

  private static let grant: JSON = [
    "operator": "OR", "builtInControls": [], "customAuthenticationFactors": [], "termsOfUse": [],
    "authenticationStrength": nil,
  ]

  /// A whole policy of the parts that a scenario gives.
  static func policy(_ parts: JSON) -> JSON {
    var parts = parts
    if let controls = parts["grantControls"], controls != .null {
      parts["grantControls"] = grant.merging(controls)
    }
    var result = policy.merging(parts)
    if result["id"] == "" {
      result["id"] = .string(Identifier.uuid("entra policy \(result["displayName"]?.text ?? "")"))
    }
    return result
  }

  /// The built-in authentication strengths.
  static let strengths: [JSON] = [
    [
      "id": "00000000-0000-0000-0000-000000000002", "displayName": "Multifactor authentication",
      "policyType": "builtIn", "requirementsSatisfied": "mfa",
      "allowedCombinations": [
        "windowsHelloForBusiness", "fido2", "password,microsoftAuthenticatorPush",
      ],
    ],
    [
      "id": "00000000-0000-0000-0000-000000000003", "displayName": "Passwordless MFA",
      "policyType": "builtIn", "requirementsSatisfied": "mfa",
      "allowedCombinations": ["windowsHelloForBusiness", "fido2"],
    ],
    [
      "id": "00000000-0000-0000-0000-000000000004", "displayName": "Phishing-resistant MFA",
      "policyType": "builtIn", "requirementsSatisfied": "mfa",
      "allowedCombinations": ["windowsHelloForBusiness", "fido2", "x509CertificateMultiFactor"],
    ],
  ]

  /// The methods that a new tenant has, with others beside them or in their place.
  static func methodsPolicy(_ others: [JSON]) -> JSON {
    let kinds = [
      ("Fido2", "fido2", true), ("MicrosoftAuthenticator", "microsoftAuthenticator", true),
      ("Sms", "sms", false), ("TemporaryAccessPass", "temporaryAccessPass", true),
      ("HardwareOath", "hardwareOath", false), ("SoftwareOath", "softwareOath", true),
      ("Voice", "voice", false), ("Email", "email", true),
      ("X509Certificate", "x509Certificate", false), ("QRCodePin", "qrCodePin", false),
    ]
    let taken = Set(others.compactMap { $0["id"]?.text })
    let standard: [JSON] = kinds.filter { !taken.contains($0.0) }.map { id, kind, isOn in
      [
        "@odata.type": .string("#microsoft.graph.\(kind)AuthenticationMethodConfiguration"),
        "id": .string(id), "state": isOn ? "enabled" : "disabled", "excludeTargets": [],
        "includeTargets": [
          ["targetType": "group", "id": "all_users", "isRegistrationRequired": false]
        ],
      ]
    }
    return [
      "id": "authenticationMethodsPolicy", "displayName": "Authentication Methods Policy",
      "policyVersion": "1.5", "policyMigrationState": "migrationComplete",
      "authenticationMethodConfigurations": .array(standard + others),
    ]
  }

  static func user(_ user: EntraUser) -> [String: JSON] {
    [
      "id": .string(user.id), "userPrincipalName": .string(user.name),
      "mail": user.mail.map { .string($0) } ?? .null, "displayName": .string(user.name),
      "accountEnabled": user.isEnabled.map { .bool($0) } ?? .null,
      "userType": user.userType.map { .string($0) } ?? .null,
      "externalUserState": user.externalState.map { .string($0) } ?? .null,
      "creationType": user.creationType.map { .string($0) } ?? .null,
      "onPremisesSyncEnabled": .null, "proxyAddresses": .strings(user.proxyAddresses),
      "otherMails": .strings(user.otherMails),
    ]
  }

  static func app(_ app: EntraApp) -> [String: JSON] {
    [
      "id": .string(app.id), "appId": .string(app.appID), "displayName": .string(app.name),
      "accountEnabled": app.isEnabled.map { .bool($0) } ?? .null,
      "appRoleAssignmentRequired": .bool(app.requiresAssignment),
      "preferredSingleSignOnMode": app.signOnMode.map { .string($0) } ?? .null,
      "servicePrincipalType": "Application", "tags": .strings(app.tags),
      "appOwnerOrganizationId": app.owner.map { .string($0) } ?? .null,
    ]
  }

  static func registration(_ user: EntraUser) -> JSON {
    let isRegistered = user.methods.contains { $0 != "email" && $0 != "securityQuestion" }
    return [
      "id": .string(user.id), "userPrincipalName": .string(user.name),
      "userDisplayName": .string(user.name), "isAdmin": false,
      "isMfaRegistered": .bool(isRegistered), "isMfaCapable": .bool(isRegistered),
      "isPasswordlessCapable": false, "isSsprRegistered": false, "isSsprEnabled": false,
      "isSsprCapable": false, "methodsRegistered": .strings(user.methods),
      "systemPreferredAuthenticationMethods": [],
      "isSystemPreferredAuthenticationMethodEnabled": nil,
      "userPreferredMethodForSecondaryAuthentication": "",
      "userType": .string(user.userType == "Guest" ? "guest" : "member"),
      "lastUpdatedDateTime": "2026-06-02T05:00:00Z",
    ]
  }
}
