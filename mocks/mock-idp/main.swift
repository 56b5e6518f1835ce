print("mock-idp")
