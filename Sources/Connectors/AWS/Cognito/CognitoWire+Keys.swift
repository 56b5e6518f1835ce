internal import JSONQuery

/// The keys of Cognito's settings: those that are read, and those that say nothing about sign-ins.
///
/// - SeeAlso: <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolType.html>
extension CognitoWire {
  static let object: @Sendable (JSONValue) -> JSONValue? = { $0.object == nil ? nil : $0 }

  static let poolKeys: Set<String> = [
    "Id", "Name", "Policies", "LambdaConfig", "MfaConfiguration", "DeviceConfiguration",
    "UserPoolAddOns", "AccountRecoverySetting", "DeletionProtection", "Status", "LastModifiedDate",
    "CreationDate", "SchemaAttributes", "AutoVerifiedAttributes", "AliasAttributes",
    "UsernameAttributes", "SmsVerificationMessage", "EmailVerificationMessage",
    "EmailVerificationSubject", "VerificationMessageTemplate", "SmsAuthenticationMessage",
    "UserAttributeUpdateSettings", "EstimatedNumberOfUsers", "EmailConfiguration",
    "SmsConfiguration", "UserPoolTags", "SmsConfigurationFailure", "EmailConfigurationFailure",
    "Domain", "CustomDomain", "AdminCreateUserConfig", "UsernameConfiguration", "Arn",
    "UserPoolTier", "KeyConfiguration", "IssuerConfiguration",
    // Clients that register themselves are other clients; the names of levels grant nothing.
    "DcrConfiguration", "AcrConfiguration",
  ]

  static let functions: Set<String> = [
    "DefineAuthChallenge", "CreateAuthChallenge", "VerifyAuthChallengeResponse",
    "InboundFederation", "PreSignUp", "CustomMessage", "PostConfirmation", "PreAuthentication",
    "PostAuthentication", "PreTokenGeneration", "PreTokenGenerationConfig", "UserMigration",
    "CustomSMSSender", "CustomEmailSender", "KMSKeyID",
  ]

  static let mfaKeys: Set<String> = [
    "MfaConfiguration", "SmsMfaConfiguration", "SoftwareTokenMfaConfiguration",
    "EmailMfaConfiguration", "WebAuthnConfiguration",
  ]

  static let clientKeys: Set<String> = [
    "UserPoolId", "ClientName", "ClientId", "ClientSecret", "ClientSecretArn", "LastModifiedDate",
    "CreationDate", "RefreshTokenValidity", "AccessTokenValidity", "IdTokenValidity",
    "TokenValidityUnits", "ReadAttributes", "WriteAttributes", "ExplicitAuthFlows",
    "SupportedIdentityProviders", "CallbackURLs", "LogoutURLs", "DefaultRedirectURI",
    "AllowedOAuthFlows", "AllowedOAuthScopes", "AllowedOAuthFlowsUserPoolClient",
    "AnalyticsConfiguration", "PreventUserExistenceErrors", "EnableTokenRevocation",
    "EnablePropagateAdditionalUserContextData", "AuthSessionValidity", "RefreshTokenRotation",
    "ClientType",
  ]
}
