using SparseNas.Simulator.Execution;
using SparseNas.Simulator.Heap;

namespace SparseNas.Simulator.Corlib;

/// <summary>Locks and atomic steps. There is one thread here, so that a lock is always free; it still has a node on the device's heap while it is held.</summary>
internal static partial class CoreLibrary
{
    private static void AddThreads()
    {
        Native("System.Threading.Monitor::Enter(object)", call => _ = call.Object(0), 300);
        Native("System.Threading.Monitor::Exit(object)", call => _ = call.Object(0), 300);
        const string i = "System.Threading.Interlocked::";
        Native(i + "Increment(ref int)", call => call.Return(Exchange(call, old => old + 1) + 1));
        Native(i + "Decrement(ref int)", call => call.Return(Exchange(call, old => old - 1) - 1));
        Native(i + "Exchange(ref int,int)", call => call.Return(Exchange(call, _ => call.Int(1))));
        Native(i + "CompareExchange(ref int,int,int)", call => call.Return(Exchange(call, old => old == call.Int(2) ? call.Int(1) : old)));
    }

    private static unsafe int Exchange(CoreCall call, Func<int, int> change)
    {
        int* place = (int*)call.Machine.Dereference(call.Long(0), out _);
        int old = *place;
        *place = change(old);
        return old;
    }
}
