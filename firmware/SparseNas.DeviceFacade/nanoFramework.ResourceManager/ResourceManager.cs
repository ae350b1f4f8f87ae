// The members that firmware uses of nanoframework/nanoFramework.ResourceManager (69089405, ResourceManager.cs; MIT).
using System.Reflection;

namespace System.Resources;

public class ResourceManager
{
    public extern ResourceManager(string baseName, Assembly assembly);
}
