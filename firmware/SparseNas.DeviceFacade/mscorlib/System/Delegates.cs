using System.Reflection;
using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace System;

public delegate void Action();

public delegate void Action<in T>(T obj);

public delegate void Action<in T1, in T2>(T1 arg1, T2 arg2);

public delegate void AsyncCallback(IAsyncResult ar);

public abstract class Delegate
{
    [MethodImpl(InternalCall)] public override extern bool Equals(object obj);
    [MethodImpl(InternalCall)] public static extern Delegate Combine(Delegate a, Delegate b);
    public extern MethodInfo Method { [MethodImpl(InternalCall)] get; }
    [MethodImpl(InternalCall)] public virtual extern Delegate[] GetInvocationList();
    public extern object Target { [MethodImpl(InternalCall)] get; }
    [MethodImpl(InternalCall)] public static extern Delegate Remove(Delegate source, Delegate value);
    [MethodImpl(InternalCall)] public static extern bool operator ==(Delegate d1, Delegate d2);
    [MethodImpl(InternalCall)] public static extern bool operator !=(Delegate d1, Delegate d2);
    protected extern Delegate();
}

public class EventArgs
{
    public static readonly EventArgs Empty;
    public extern EventArgs();
}

public delegate void EventHandler(object sender, EventArgs e);

public delegate void EventHandler<TEventArgs>(object sender, TEventArgs e);

public delegate TResult Func<out TResult>();

public delegate TResult Func<in T, out TResult>(T arg);

public delegate TResult Func<in T1, in T2, out TResult>(T1 arg1, T2 arg2);

public interface IAsyncResult;

public abstract class MulticastDelegate : Delegate
{
    [MethodImpl(InternalCall)] public static extern bool operator ==(MulticastDelegate d1, MulticastDelegate d2);
    [MethodImpl(InternalCall)] public static extern bool operator !=(MulticastDelegate d1, MulticastDelegate d2);
    public override extern bool Equals(object obj);
    protected extern MulticastDelegate();
}
