// The members that firmware uses of nanoframework/nanoFramework.ResourceManager (69089405, ResourceUtility.cs; MIT).
using System;
using System.Resources;
using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace nanoFramework.Runtime.Native;

public static class ResourceUtility
{
    [MethodImpl(InternalCall)] public static extern object GetObject(ResourceManager rm, Enum id);

    /// <summary>Copies <paramref name="length"/> bytes of a binary resource, from <paramref name="offset"/> on, into a new <c>byte[]</c>.</summary>
    [MethodImpl(InternalCall)] public static extern object GetObject(ResourceManager rm, Enum id, int offset, int length);
}
