using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace System.Runtime.Remoting;

public static class RemotingServices
{
    [MethodImpl(InternalCall)] public static extern bool IsTransparentProxy(object proxy);
}
