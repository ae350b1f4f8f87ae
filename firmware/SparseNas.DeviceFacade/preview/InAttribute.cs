// nanoframework/CoreLibrary, branch develop (5cca19a, System/Runtime/InteropServices/InAttribute.cs; MIT): marks what a span's indexer returns.
namespace System.Runtime.InteropServices;

public sealed class InAttribute : Attribute
{
    public extern InAttribute();
}
